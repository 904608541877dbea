-- The same by minute of acceptance.
CREATE TEMPORARY TABLE game_minute (
    game_id           STRING,
    `minute`          TIMESTAMP(3),
    bets              BIGINT,
    handle            DECIMAL(30,4),
    expected_pnl      DECIMAL(30,4),
    predicted_pnl     DECIMAL(30,4),
    theoretical_pnl   DECIMAL(30,4),
    cash_out_pnl      DECIMAL(30,4),
    PRIMARY KEY (game_id, `minute`) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'game_minute',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
