-- Decoded, checked and scored, in one call for a batch: f[1] is the fault, if there is one.
-- Seconds since 2000, because TIMESTAMPDIFF gives an INT, which holds them until 2068.
CREATE TEMPORARY VIEW bet_read AS
SELECT
    read_bet(
        message,
        TIMESTAMPDIFF(SECOND, TIMESTAMP '2000-01-01 00:00:00', arrived_at)
    ) AS f,
    log_partition,
    log_offset,
    arrived_at
FROM bets_log;
