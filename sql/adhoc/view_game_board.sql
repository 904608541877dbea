-- The view game_board of MySQL, as it stands when it is read.
CREATE TEMPORARY TABLE game_board (
    game_id            STRING,
    sport              STRING,
    competition        STRING,
    home               STRING,
    away               STRING,
    starts_at          TIMESTAMP(3),
    status             STRING,
    `minute`           INT,
    score_home         INT,
    score_away         INT,
    bets               BIGINT,
    open_bets          BIGINT,
    handle             DECIMAL(38,4),
    open_handle        DECIMAL(38,4),
    expected_pnl       DECIMAL(38,4),
    predicted_pnl      DECIMAL(38,4),
    realised_pnl       DECIMAL(38,4),
    open_expected_pnl  DECIMAL(38,4),
    total_pnl          DECIMAL(38,4),
    worst_case         DECIMAL(38,4),
    best_case          DECIMAL(38,4),
    liability          DECIMAL(38,4),
    updated_at         TIMESTAMP(3)
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'game_board'
);
