-- What each currency is worth, and from when on.
CREATE TEMPORARY TABLE fx_rate (
    currency    STRING,
    valid_from  TIMESTAMP(3),
    version     BIGINT,
    rate        DECIMAL(16,10),
    PRIMARY KEY (currency, valid_from) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'fx_rate',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
