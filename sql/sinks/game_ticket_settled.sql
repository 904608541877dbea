-- What has been settled of each game's share of tickets.
CREATE TEMPORARY TABLE game_ticket_settled (
    game_id           STRING,
    bets              BIGINT,
    handle            DECIMAL(30,4),
    payout            DECIMAL(30,4),
    expected_payout   DECIMAL(30,4),
    revalued          DECIMAL(30,4),
    PRIMARY KEY (game_id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'game_ticket_settled',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
