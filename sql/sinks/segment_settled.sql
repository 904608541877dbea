-- What of it is settled.
CREATE TEMPORARY TABLE segment_settled (
    sport             STRING,
    competition       STRING,
    market            STRING,
    channel           STRING,
    region            STRING,
    currency          STRING,
    bets              BIGINT,
    handle            DECIMAL(30,4),
    payout            DECIMAL(30,4),
    expected_payout   DECIMAL(30,4),
    revalued          DECIMAL(30,4),
    PRIMARY KEY (sport, competition, market, channel, region, currency) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'org.mariadb.jdbc.Driver',
    'url' = '${jdbc_url}',
    'username' = '${mysql_user}',
    'password' = '${mysql_password}',
    'table-name' = 'segment_settled',
    'sink.buffer-flush.max-rows' = '${flush_max_rows}',
    'sink.buffer-flush.interval' = '${flush_interval_other_ms}ms',
    'sink.max-retries' = '${sink_retries}'
);
