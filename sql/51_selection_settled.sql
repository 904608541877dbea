-- A selection's book under its result, and the second in which that settled it. A dead heat is
-- rounded once a selection: the quotient's nine decimals are enough to tell every tie, for no more
-- than 1000 share one.
CREATE TEMPORARY VIEW selection_settled AS
SELECT /*+ STATE_TTL('b' = '0s', 'r' = '0s') */
    b.game_id,
    CAST(TO_TIMESTAMP_LTZ(r.settled_ms / 1000, 0) AS TIMESTAMP(3)) AS settled_second,
    b.bets,
    b.handle_riding AS handle,
    b.expected_payout,
    CASE r.`result`
        WHEN 'win' THEN CASE
            WHEN r.dead_heat_winners = r.dead_heat_tied THEN b.payout_win
            ELSE CAST(ROUND(
                CAST(b.payout_win AS DECIMAL(24,4)) * CAST(r.dead_heat_winners AS DECIMAL(4,0))
                / CAST(r.dead_heat_tied AS DECIMAL(4,0)), ${base_minor}) AS DECIMAL(38,4))
        END
        WHEN 'half_win' THEN b.payout_half_win
        WHEN 'half_lose' THEN b.payout_half_lose
        WHEN 'lose' THEN CAST(0 AS DECIMAL(38,4))
        ELSE b.handle_riding
    END AS payout
FROM selection_sums AS b
JOIN (SELECT * FROM newest_result WHERE status = 'settled') AS r
    ON b.game_id = r.game_id AND b.market = r.market
   AND b.line = r.line AND b.selection = r.selection;
