-- What models said of the singles on each selection.
CREATE TEMPORARY TABLE selection_scored (
    game_id            STRING,
    market             STRING,
    line               STRING,
    selection          STRING,
    sport              STRING,
    model_version      STRING,
    `role`             STRING,
    band               DECIMAL(3,2),
    bets               BIGINT,
    p                  DECIMAL(30,8),
    p_squared          DECIMAL(38,16),
    ln_p               DECIMAL(30,6),
    ln_not_p           DECIMAL(30,6),
    PRIMARY KEY (game_id, market, line, selection, sport, model_version, `role`, band) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'selection_scored',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
