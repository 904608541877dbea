-- The view segment_pnl of MySQL, as it stands when it is read.
CREATE TEMPORARY TABLE segment_pnl (
    sport              STRING,
    competition        STRING,
    market             STRING,
    channel            STRING,
    region             STRING,
    currency           STRING,
    bets               BIGINT,
    settled_bets       BIGINT,
    open_bets          BIGINT,
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
    total_pnl          DECIMAL(38,4)
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'segment_pnl'
);
