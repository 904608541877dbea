-- Both by the second in which they were settled: added up over a game they are what stands in
-- game_settled and game_ticket_settled. As quiet as those are.
INSERT INTO game_settled_second
SELECT /*+ STATE_TTL('bucket' = '0s') */
    game_id, settled_second, SUM(bets), SUM(handle), SUM(payout), SUM(expected_payout),
    SUM(revalued)
FROM (
    SELECT game_id, settled_second, bets, handle, payout, expected_payout,
           CAST(0 AS DECIMAL(18,4)) AS revalued
    FROM selection_settled
    UNION ALL
    SELECT game_id, settled_second, bets, handle, payout, expected_payout, revalued
    FROM ticket_share_settled
) AS bucket
GROUP BY game_id, settled_second;
