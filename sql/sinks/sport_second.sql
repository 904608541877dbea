-- The same by sport and second of acceptance.
CREATE TEMPORARY TABLE sport_second (
    sport             STRING,
    `second`          TIMESTAMP(3),
    bets              BIGINT,
    handle            DECIMAL(30,4),
    expected_pnl      DECIMAL(30,4),
    predicted_pnl     DECIMAL(30,4),
    theoretical_pnl   DECIMAL(30,4),
    cash_out_pnl      DECIMAL(30,4),
    PRIMARY KEY (sport, `second`) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'sport_second',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
