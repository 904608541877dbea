-- Games: who plays, when, and how it stands.
CREATE TEMPORARY TABLE games (
    game_id         STRING,
    version         BIGINT,
    sport           STRING,
    competition     STRING,
    home            STRING,
    away            STRING,
    starts_at       TIMESTAMP_LTZ(3),
    status          STRING,
    `minute`        INT,
    score_home      INT,
    score_away      INT,
    log_partition   INT              METADATA FROM 'partition' VIRTUAL,
    log_offset      BIGINT           METADATA FROM 'offset' VIRTUAL,
    log_time        TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
    'connector' = 'kafka',
    'topic' = '${topic_prefix}games',
    'properties.bootstrap.servers' = '${kafka_bootstrap}',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'json',
    'json.ignore-parse-errors' = 'true',
    'json.timestamp-format.standard' = 'ISO-8601'
);
