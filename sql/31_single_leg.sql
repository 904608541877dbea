-- What a single puts on its game and on its selection: all of it. Only what is summed goes on,
-- for every column is copied for every bet.
CREATE TEMPORARY VIEW single_leg AS
SELECT
    game_id, sport, market, line, selection, accepted_at,
    competition, channel, region, currency, odds, p_win, model_version, challenge,
    bets, riding_bets, bets AS sport_bets,
    handle, bonus_handle, handle_riding, cash_out_handle, cash_out_paid,
    payout_win, payout_half_win, payout_half_lose, expected_payout,
    expected_pnl, predicted_pnl, theoretical_pnl, cash_out_pnl
FROM valued_bet
WHERE age = 1 AND ticket IS NULL;
