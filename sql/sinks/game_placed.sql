-- What has been staked on each game. Written every few milliseconds: it is what traders watch.
CREATE TEMPORARY TABLE game_placed (
    game_id           STRING,
    bets              BIGINT,
    riding_bets       BIGINT,
    handle            DECIMAL(30,4),
    bonus_handle      DECIMAL(30,4),
    handle_riding     DECIMAL(30,4),
    cash_out_handle   DECIMAL(30,4),
    cash_out_paid     DECIMAL(30,4),
    expected_payout   DECIMAL(30,4),
    expected_pnl      DECIMAL(30,4),
    predicted_pnl     DECIMAL(30,4),
    theoretical_pnl   DECIMAL(30,4),
    cash_out_pnl      DECIMAL(30,4),
    PRIMARY KEY (game_id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'game_placed',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_game_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
