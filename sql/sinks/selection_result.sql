-- The newest word on each selection.
CREATE TEMPORARY TABLE selection_result (
    game_id             STRING,
    market              STRING,
    line                STRING,
    selection           STRING,
    version             BIGINT,
    status              STRING,
    `result`            STRING,
    dead_heat_winners   INT,
    dead_heat_tied      INT,
    certainty           STRING,
    settled_at          TIMESTAMP(3),
    PRIMARY KEY (game_id, market, line, selection) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'selection_result',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
