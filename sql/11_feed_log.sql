-- Every other topic, through one consumer and one Python stage: together they are quieter than
-- the bets by far. They wait for their first byte, not for time to pass.
CREATE TEMPORARY TABLE feed_log (
    message       BYTES,
    log_topic     STRING           METADATA FROM 'topic' VIRTUAL,
    log_partition INT              METADATA FROM 'partition' VIRTUAL,
    log_offset    BIGINT           METADATA FROM 'offset' VIRTUAL,
    log_time      TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
    topic AS SUBSTRING(log_topic FROM ${topic_name_start}),
    arrived_at AS CASE
        WHEN log_time BETWEEN TO_TIMESTAMP_LTZ(946684800000, 3)
                          AND TO_TIMESTAMP_LTZ(3092601600000, 3)
        THEN CAST(log_time AS TIMESTAMP(3))
        ELSE TIMESTAMP '2000-01-01 00:00:00.000' END
) WITH (
    'connector' = 'kafka',
    'topic' = '${feed_topics}',
    'properties.bootstrap.servers' = '${kafka_bootstrap}',
    'properties.group.id' = '${consumer_group}',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'raw'
);
