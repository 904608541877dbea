-- Bets as they come in, every version; what is no JSON is left out (see bet_reject).
CREATE TEMPORARY TABLE bets (
    bet_id          STRING,
    version         BIGINT,
    status          STRING,
    accepted_at     TIMESTAMP_LTZ(3),
    customer_id     STRING,
    channel         STRING,
    region          STRING,
    currency        STRING,
    fx_rate         DECIMAL(16,10),
    stake           DECIMAL(13,3),
    stake_type      STRING,
    bet_type        STRING,
    `system`        ROW<sizes ARRAY<INT>, bankers ARRAY<INT>>,
    each_way        ROW<fraction DECIMAL(9,8)>,
    cash_out        ROW<fraction DECIMAL(9,8), amount DECIMAL(15,3)>,
    legs            ARRAY<ROW<
        leg INT, game_id STRING, sport STRING, competition STRING, market STRING, line STRING,
        selection STRING, odds DECIMAL(10,4), in_play BOOLEAN, `minute` INT,
        score_home INT, score_away INT,
        market_odds MAP<STRING, DOUBLE>, pre_match_odds MAP<STRING, DOUBLE>>>,
    log_partition   INT              METADATA FROM 'partition' VIRTUAL,
    log_offset      BIGINT           METADATA FROM 'offset' VIRTUAL,
    log_time        TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
    'connector' = 'kafka',
    'topic' = '${topic_prefix}bets',
    'properties.bootstrap.servers' = '${kafka_bootstrap}',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'json',
    'json.ignore-parse-errors' = 'true',
    'json.timestamp-format.standard' = 'ISO-8601'
);
