-- What has been settled of each game, singles and tickets, by the second in which it was.
CREATE TEMPORARY TABLE game_settled_second (
    game_id           STRING,
    `second`          TIMESTAMP(3),
    bets              BIGINT,
    handle            DECIMAL(30,4),
    payout            DECIMAL(30,4),
    expected_payout   DECIMAL(30,4),
    revalued          DECIMAL(30,4),
    PRIMARY KEY (game_id, `second`) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'game_settled_second',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
