-- The same by sport and second.
INSERT INTO sport_second
SELECT /*+ STATE_TTL('bucket' = '0s') */
    sport, accepted_second, SUM(sport_bets), SUM(handle), SUM(expected_pnl), SUM(predicted_pnl),
    SUM(theoretical_pnl)
FROM (SELECT *, FLOOR(accepted_at TO SECOND) AS accepted_second FROM bet_leg) AS bucket
GROUP BY sport, accepted_second;
