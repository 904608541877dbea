-- The view selection_riding of MySQL, as it stands when it is read.
CREATE TEMPORARY TABLE selection_riding (
    game_id        STRING,
    market         STRING,
    line           STRING,
    selection      STRING,
    tickets        BIGINT,
    handle_riding  DECIMAL(38,4),
    payout_win     DECIMAL(38,4)
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'selection_riding'
);
