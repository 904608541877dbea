-- The newest word on each game.
CREATE TEMPORARY TABLE game (
    game_id       STRING,
    version       BIGINT,
    sport         STRING,
    competition   STRING,
    home          STRING,
    away          STRING,
    starts_at     TIMESTAMP(3),
    status        STRING,
    `minute`      INT,
    score_home    INT,
    score_away    INT,
    PRIMARY KEY (game_id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'game',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
