-- The markets that were called off, and for which period.
CREATE TEMPORARY TABLE market_cancel (
    game_id    STRING,
    market     STRING,
    line       STRING,
    version    BIGINT,
    begins_at  TIMESTAMP(3),
    ends_at    TIMESTAMP(3),
    status     STRING,
    PRIMARY KEY (game_id, market, line) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'market_cancel',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
