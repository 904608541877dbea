-- Markets called off for a period.
CREATE TEMPORARY TABLE market_cancels (
    game_id         STRING,
    market          STRING,
    line            STRING,
    version         BIGINT,
    `from`          TIMESTAMP_LTZ(3),
    `to`            TIMESTAMP_LTZ(3),
    status          STRING,
    log_partition   INT              METADATA FROM 'partition' VIRTUAL,
    log_offset      BIGINT           METADATA FROM 'offset' VIRTUAL,
    log_time        TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
    'connector' = 'kafka',
    'topic' = '${topic_prefix}market_cancels',
    'properties.bootstrap.servers' = '${kafka_bootstrap}',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'json',
    'json.ignore-parse-errors' = 'true',
    'json.timestamp-format.standard' = 'ISO-8601'
);
