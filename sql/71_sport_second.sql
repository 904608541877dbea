-- The same by sport and second.
INSERT INTO sport_second
SELECT /*+ STATE_TTL('bucket' = '0s') */
    sport, accepted_second, SUM(sport_bets), SUM(handle), SUM(expected_pnl), SUM(predicted_pnl),
    SUM(theoretical_pnl), SUM(cash_out_pnl)
FROM (
    SELECT sport, FLOOR(accepted_at TO SECOND) AS accepted_second,
           sport_bets, handle, expected_pnl, predicted_pnl, theoretical_pnl, cash_out_pnl
    FROM single_leg
    UNION ALL
    SELECT sport, FLOOR(accepted_at TO SECOND),
           sport_bets, handle, expected_pnl, predicted_pnl, theoretical_pnl, cash_out_pnl
    FROM shared_leg
) AS bucket
GROUP BY sport, accepted_second;
