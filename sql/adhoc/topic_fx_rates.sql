-- What a currency is worth in the base currency from a moment on.
CREATE TEMPORARY TABLE fx_rates (
    currency        STRING,
    version         BIGINT,
    rate            DECIMAL(16,10),
    valid_from      TIMESTAMP_LTZ(3),
    log_partition   INT              METADATA FROM 'partition' VIRTUAL,
    log_offset      BIGINT           METADATA FROM 'offset' VIRTUAL,
    log_time        TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL
) WITH (
    'connector' = 'kafka',
    'topic' = '${topic_prefix}fx_rates',
    'properties.bootstrap.servers' = '${kafka_bootstrap}',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'json',
    'json.ignore-parse-errors' = 'true',
    'json.timestamp-format.standard' = 'ISO-8601'
);
