-- The view breakdown_pnl of MySQL, as it stands when it is read.
CREATE TEMPORARY TABLE breakdown_pnl (
    dimension          STRING,
    `value`            STRING,
    bets               DECIMAL(38,0),
    settled_bets       DECIMAL(38,0),
    open_bets          DECIMAL(38,0),
    handle             DECIMAL(38,4),
    bonus_handle       DECIMAL(38,4),
    settled_handle     DECIMAL(38,4),
    open_handle        DECIMAL(38,4),
    payout             DECIMAL(38,4),
    cash_out_pnl       DECIMAL(38,4),
    expected_pnl       DECIMAL(38,4),
    theoretical_pnl    DECIMAL(38,4),
    realised_pnl       DECIMAL(38,4),
    open_expected_pnl  DECIMAL(38,4),
    total_pnl          DECIMAL(38,4),
    margin             DECIMAL(38,6),
    hold               DECIMAL(38,6)
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'breakdown_pnl'
);
