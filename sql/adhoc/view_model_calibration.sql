-- The view model_calibration of MySQL, as it stands when it is read.
CREATE TEMPORARY TABLE model_calibration (
    model_version  STRING,
    `role`         STRING,
    sport          STRING,
    band           DECIMAL(3,2),
    bets           DECIMAL(38,0),
    settled_bets   DECIMAL(38,0),
    expected_wins  DECIMAL(38,8),
    actual_wins    DECIMAL(38,8),
    log_loss       DECIMAL(38,6),
    brier          DECIMAL(38,6)
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'model_calibration'
);
