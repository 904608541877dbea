-- Tickets with several legs that are decided.
CREATE TEMPORARY TABLE ticket_settled (
    bet_id            STRING,
    `result`          STRING,
    handle            DECIMAL(20,4),
    payout            DECIMAL(20,4),
    expected_payout   DECIMAL(20,4),
    PRIMARY KEY (bet_id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'ticket_settled',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
