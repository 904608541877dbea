-- Prices of whole markets, every version.
CREATE TEMPORARY TABLE odds (
    game_id         STRING,
    market          STRING,
    line            STRING,
    version         BIGINT,
    `at`            TIMESTAMP_LTZ(3),
    prices          MAP<STRING, DECIMAL(10,4)>,
    log_partition   INT              METADATA FROM 'partition' VIRTUAL,
    log_offset      BIGINT           METADATA FROM 'offset' VIRTUAL,
    log_time        TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
    'connector' = 'kafka',
    'topic' = '${topic_prefix}odds',
    'properties.bootstrap.servers' = '${kafka_bootstrap}',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'json',
    'json.ignore-parse-errors' = 'true',
    'json.timestamp-format.standard' = 'ISO-8601'
);
