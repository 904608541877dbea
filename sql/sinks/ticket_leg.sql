-- A row a leg of each ticket. On a parallelism of its own, as `bet` is.
CREATE TEMPORARY TABLE ticket_leg (
    bet_id            STRING,
    leg_number        BIGINT,
    game_id           STRING,
    market            STRING,
    line              STRING,
    selection         STRING,
    odds              DECIMAL(20,4),
    p_win             DECIMAL(9,8),
    predicted_win     BOOLEAN,
    accepted_at       TIMESTAMP(3),
    PRIMARY KEY (bet_id, leg_number) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'ticket_leg',
    'sink.parallelism' = '${bet_sink_parallelism}',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
