-- Nothing is lost: what is no valid record, of whichever topic, with the reason.
INSERT INTO bet_reject
SELECT 'bets', log_partition, log_offset, arrived_at, f[1], f[2]
FROM bet_read
WHERE f[1] IS NOT NULL
UNION ALL
SELECT topic, log_partition, log_offset, arrived_at, f[1], f[2]
FROM feed_read
WHERE f[1] IS NOT NULL;
