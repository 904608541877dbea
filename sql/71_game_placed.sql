-- What has been staked on each game. Cancelled bets contribute zero but stay in their group: a
-- group that empties would delete its row. Each kind of leg is cut down to its columns before
-- the two meet: after a UNION that tables share, every bet would pass one more task.
INSERT INTO game_placed
SELECT /*+ STATE_TTL('leg' = '0s') */
    game_id,
    SUM(bets), SUM(riding_bets),
    SUM(handle), SUM(bonus_handle), SUM(handle) - SUM(cash_out_handle),
    SUM(cash_out_handle), SUM(cash_out_paid),
    SUM(expected_payout), SUM(handle) - SUM(expected_payout) - SUM(cash_out_paid),
    SUM(predicted_pnl), SUM(theoretical_pnl),
    SUM(cash_out_handle) - SUM(cash_out_paid)
FROM (
    SELECT game_id, bets, riding_bets, handle, bonus_handle, cash_out_handle, cash_out_paid,
           expected_payout, predicted_pnl, theoretical_pnl
    FROM single_leg
    UNION ALL
    SELECT game_id, bets, riding_bets, handle, bonus_handle, cash_out_handle, cash_out_paid,
           expected_payout, predicted_pnl, theoretical_pnl
    FROM shared_leg
) AS leg
GROUP BY game_id;
