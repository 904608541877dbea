-- Every other record, decoded and checked: f[1] is the fault, if there is one.
CREATE TEMPORARY VIEW feed_read AS
SELECT
    read_feed(
        topic,
        message,
        TIMESTAMPDIFF(SECOND, TIMESTAMP '2000-01-01 00:00:00', arrived_at)
    ) AS f,
    topic,
    log_partition,
    log_offset,
    arrived_at
FROM feed_log;
