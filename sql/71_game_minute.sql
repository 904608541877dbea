-- The same by the minute in which a bet was accepted: a late bet corrects its own bucket.
INSERT INTO game_minute
SELECT /*+ STATE_TTL('bucket' = '0s') */
    game_id, accepted_minute, SUM(bets), SUM(handle), SUM(expected_pnl), SUM(predicted_pnl),
    SUM(theoretical_pnl), SUM(cash_out_pnl)
FROM (
    SELECT game_id, FLOOR(accepted_at TO MINUTE) AS accepted_minute,
           bets, handle, expected_pnl, predicted_pnl, theoretical_pnl, cash_out_pnl
    FROM single_leg
    UNION ALL
    SELECT game_id, FLOOR(accepted_at TO MINUTE),
           bets, handle, expected_pnl, predicted_pnl, theoretical_pnl, cash_out_pnl
    FROM shared_leg
) AS bucket
GROUP BY game_id, accepted_minute;
