-- What tickets put on each selection, the whole of each ticket.
CREATE TEMPORARY TABLE selection_ticket (
    game_id           STRING,
    market            STRING,
    line              STRING,
    selection         STRING,
    tickets           BIGINT,
    handle_riding     DECIMAL(30,4),
    payout_win        DECIMAL(30,4),
    product_payout    DECIMAL(30,4),
    swing             DECIMAL(30,4),
    PRIMARY KEY (game_id, market, line, selection) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'selection_ticket',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
