-- What was staked by sport, competition, market, channel, region and currency.
CREATE TEMPORARY TABLE segment_placed (
    sport             STRING,
    competition       STRING,
    market            STRING,
    channel           STRING,
    region            STRING,
    currency          STRING,
    bets              BIGINT,
    riding_bets       BIGINT,
    handle            DECIMAL(30,4),
    bonus_handle      DECIMAL(30,4),
    handle_riding     DECIMAL(30,4),
    expected_payout   DECIMAL(30,4),
    expected_pnl      DECIMAL(30,4),
    theoretical_pnl   DECIMAL(30,4),
    cash_out_pnl      DECIMAL(30,4),
    PRIMARY KEY (sport, competition, market, channel, region, currency) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'segment_placed',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
