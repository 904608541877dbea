-- Results of selections, every version.
CREATE TEMPORARY TABLE results (
    game_id         STRING,
    market          STRING,
    line            STRING,
    selection       STRING,
    version         BIGINT,
    status          STRING,
    `result`        STRING,
    dead_heat       ARRAY<INT>,
    certainty       STRING,
    settled_at      TIMESTAMP_LTZ(3),
    log_partition   INT              METADATA FROM 'partition' VIRTUAL,
    log_offset      BIGINT           METADATA FROM 'offset' VIRTUAL,
    log_time        TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
    'connector' = 'kafka',
    'topic' = '${topic_prefix}results',
    'properties.bootstrap.servers' = '${kafka_bootstrap}',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'json',
    'json.ignore-parse-errors' = 'true',
    'json.timestamp-format.standard' = 'ISO-8601'
);
