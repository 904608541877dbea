-- The superseded versions of bets that changed, newest first. On a parallelism of its own, as `bet`
-- is: at a checkpoint it would stop the operator that every other table hangs on.
CREATE TEMPORARY TABLE bet_version (
    bet_id            STRING,
    age               BIGINT,
    version           BIGINT,
    status            STRING,
    accepted_at       TIMESTAMP(3),
    currency          STRING,
    fx_rate           DECIMAL(16,10),
    stake             DECIMAL(13,3),
    stake_type        STRING,
    bet_type          STRING,
    p_win             DECIMAL(9,8),
    model_version     STRING,
    handle            DECIMAL(20,4),
    cash_out_handle   DECIMAL(20,4),
    cash_out_paid     DECIMAL(20,4),
    payout_win        DECIMAL(20,4),
    expected_pnl      DECIMAL(20,4),
    legs              STRING,
    terms             STRING,
    adjustment        BIGINT,
    market_cancelled  BOOLEAN,
    PRIMARY KEY (bet_id, age) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'bet_version',
    'sink.parallelism' = '${bet_sink_parallelism}',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
