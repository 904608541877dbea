-- What has been settled of each segment, and by how much results have moved what is expected of
-- its open tickets.
INSERT INTO segment_settled
SELECT /*+ STATE_TTL('share' = '0s') */
    sport, competition, market, channel, region, currency,
    SUM(bets), SUM(handle), SUM(payout), SUM(expected_payout), SUM(revalued)
FROM (
    SELECT sport, competition, market, channel, region, currency,
           bets, handle, payout, expected_payout, CAST(0 AS DECIMAL(18,4)) AS revalued
    FROM segment_share_settled
    UNION ALL
    SELECT sport, competition, market, channel, region, currency,
           segment_bets, handle, payout, expected_payout, revalued
    FROM ticket_share_settled
) AS share
GROUP BY sport, competition, market, channel, region, currency;
