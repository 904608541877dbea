-- What each bet was before.
INSERT INTO bet_version
SELECT
    bet_id, age, version, status, accepted_at, currency, fx_rate, stake, stake_type, bet_type,
    p_win, model_version, handle, cash_out_handle, cash_out_paid, payout_win, expected_pnl, legs, terms,
    adjustment, market_cancelled
FROM valued_bet
WHERE age > 1;
