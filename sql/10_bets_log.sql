-- The topic of bets, read once, as bytes: what a message holds is for read_bet to say, so that
-- whatever a producer writes ends as a row or as a reject with its reason.
-- A broker's time that no DATETIME holds would stop the sink of rejects for ever: it becomes 2000.
-- A fetch waits a moment for more, so that the broker answers few and each is about one Python
-- batch. What waits already comes by the thousand.
CREATE TEMPORARY TABLE bets_log (
    message       BYTES,
    log_partition INT              METADATA FROM 'partition' VIRTUAL,
    log_offset    BIGINT           METADATA FROM 'offset' VIRTUAL,
    log_time      TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
    arrived_at AS CASE
        WHEN log_time BETWEEN TO_TIMESTAMP_LTZ(946684800000, 3)
                          AND TO_TIMESTAMP_LTZ(3092601600000, 3)
        THEN CAST(log_time AS TIMESTAMP(3))
        ELSE TIMESTAMP '2000-01-01 00:00:00.000' END
) WITH (
    'connector' = 'kafka',
    'topic' = '${topic_prefix}bets',
    'properties.bootstrap.servers' = '${kafka_bootstrap}',
    'properties.group.id' = '${consumer_group}',
    'properties.fetch.min.bytes' = '200000',
    'properties.fetch.max.wait.ms' = '${kafka_fetch_wait_ms}',
    'properties.max.poll.records' = '2000',
    'scan.startup.mode' = 'earliest-offset',
    'format' = 'raw'
);
