-- The view game_mark of MySQL, as it stands when it is read.
CREATE TEMPORARY TABLE game_mark (
    game_id            STRING,
    expected_pnl       DECIMAL(38,4),
    price_moves        DECIMAL(38,4),
    result_moves       DECIMAL(38,4),
    marked_pnl         DECIMAL(38,4),
    realised_pnl       DECIMAL(38,4),
    open_marked_pnl    DECIMAL(38,4),
    open_handle        DECIMAL(38,4),
    marked_handle      DECIMAL(38,4),
    ticket_moves       DECIMAL(38,4),
    marked_at          TIMESTAMP(3)
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'game_mark'
);
