-- The bets whose rate was looked up, or is still waited for. On a parallelism of its own, as `bet`
-- is: where rates are looked up these are as many.
CREATE TEMPORARY TABLE bet_rate (
    bet_id       STRING,
    currency     STRING,
    accepted_at  TIMESTAMP(3),
    fx_rate      DECIMAL(16,10),
    PRIMARY KEY (bet_id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'bet_rate',
    'sink.parallelism' = '${bet_sink_parallelism}',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
