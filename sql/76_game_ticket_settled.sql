-- Each game's share of the tickets that are decided.
INSERT INTO game_ticket_settled
SELECT /*+ STATE_TTL('share' = '0s') */
    game_id, SUM(bets), SUM(handle), SUM(payout), SUM(expected_payout)
FROM (
    SELECT
        SPLIT_INDEX(leg, U&'\001F', 0) AS game_id,
        CAST(SPLIT_INDEX(leg, U&'\001F', 1) AS BIGINT) AS bets,
        CAST(SPLIT_INDEX(leg, U&'\001F', 2) AS DECIMAL(20,4)) AS handle,
        CAST(SPLIT_INDEX(leg, U&'\001F', 3) AS DECIMAL(20,4)) AS payout,
        CAST(SPLIT_INDEX(leg, U&'\001F', 4) AS DECIMAL(20,4)) AS expected_payout
    FROM settled_ticket CROSS JOIN UNNEST(SPLIT(t[5], U&'\001E')) AS u (leg)
) AS share
GROUP BY game_id;
