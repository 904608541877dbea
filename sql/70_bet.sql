-- Every bet as it stands.
INSERT INTO bet
SELECT
    bet_id, version, status, accepted_at, customer_id, channel, region, currency, fx_rate, stake,
    stake_type, bet_type, leg_count, game_id, market, line, selection, odds,
    p_win, model_version, predicted_win, margin,
    handle, bonus_handle, handle_riding, cash_out_handle, cash_out_paid,
    payout_win, payout_half_win, payout_half_lose, expected_payout,
    expected_pnl, predicted_pnl, theoretical_pnl, cash_out_pnl, legs, terms,
    adjustment, market_cancelled
FROM newest_bet;
