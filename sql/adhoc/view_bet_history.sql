-- The view bet_history of MySQL, as it stands when it is read.
CREATE TEMPORARY TABLE bet_history (
    bet_id           STRING,
    age              BIGINT,
    version          BIGINT,
    status           STRING,
    accepted_at      TIMESTAMP(3),
    currency         STRING,
    fx_rate          DECIMAL(16,10),
    stake            DECIMAL(13,3),
    stake_type       STRING,
    bet_type         STRING,
    p_win            DECIMAL(9,8),
    model_version    STRING,
    handle           DECIMAL(38,4),
    cash_out_handle  DECIMAL(38,4),
    cash_out_paid    DECIMAL(38,4),
    payout_win       DECIMAL(38,4),
    expected_pnl     DECIMAL(38,4),
    legs             STRING,
    terms            STRING,
    adjustment       BIGINT,
    `result`         STRING,
    payout           DECIMAL(38,4),
    realised_pnl     DECIMAL(38,4)
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'bet_history'
);
