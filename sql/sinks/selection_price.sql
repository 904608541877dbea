-- The newest odds of each selection, and what the model makes of them. Written by time alone: a
-- market's rows are taken away and put back in one go, and a flush by number would part the two.
CREATE TEMPORARY TABLE selection_price (
    game_id       STRING,
    market        STRING,
    line          STRING,
    selection     STRING,
    version       BIGINT,
    odds          DECIMAL(20,4),
    probability   DECIMAL(9,8),
    model_version STRING,
    priced_at     TIMESTAMP(3),
    PRIMARY KEY (game_id, market, line, selection) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'selection_price',
    'sink.buffer-flush.max-rows' = '0',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
