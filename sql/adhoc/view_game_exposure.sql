-- The view game_exposure of MySQL, as it stands when it is read.
CREATE TEMPORARY TABLE game_exposure (
    game_id              STRING,
    market               STRING,
    line                 STRING,
    selection            STRING,
    odds                 DECIMAL(20,4),
    probability          DECIMAL(9,8),
    bets                 BIGINT,
    handle_riding        DECIMAL(38,4),
    payout_win           DECIMAL(38,4),
    market_handle        DECIMAL(38,4),
    market_realised_pnl  DECIMAL(38,4),
    pnl_if_win           DECIMAL(38,4),
    worst_case           DECIMAL(38,4),
    best_case            DECIMAL(38,4),
    liability            DECIMAL(38,4)
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'game_exposure'
);
