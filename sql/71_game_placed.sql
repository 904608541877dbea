-- What has been staked on each game. Cancelled bets contribute zero but stay in their group: a
-- group that empties would delete its row.
INSERT INTO game_placed
SELECT /*+ STATE_TTL('bet_leg' = '0s') */
    game_id,
    SUM(bets), SUM(riding_bets),
    SUM(handle), SUM(bonus_handle), SUM(handle) - SUM(cash_out_handle),
    SUM(cash_out_handle), SUM(cash_out_paid),
    SUM(expected_payout), SUM(expected_pnl), SUM(predicted_pnl), SUM(theoretical_pnl),
    SUM(cash_out_handle) - SUM(cash_out_paid)
FROM bet_leg
GROUP BY game_id;
