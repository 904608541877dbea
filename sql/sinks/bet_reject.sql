-- Every message that is no valid record, with the reason.
CREATE TEMPORARY TABLE bet_reject (
    topic           STRING,
    log_partition   INT,
    log_offset      BIGINT,
    arrived_at      TIMESTAMP(3),
    reason          STRING,
    excerpt         STRING,
    PRIMARY KEY (topic, log_partition, log_offset) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'bet_reject',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
