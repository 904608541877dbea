-- Every version of every bet, newest first, with the PNL of the newest. A version that came
-- more than once stands here once.
CREATE OR REPLACE VIEW bet_history AS
SELECT
    b.bet_id, 1 AS age, b.version, b.status, b.accepted_at, b.currency, b.fx_rate, b.stake,
    b.stake_type, b.bet_type, b.p_win, b.model_version, b.handle, b.cash_out_handle,
    b.cash_out_paid, b.payout_win, b.expected_pnl, b.legs, b.terms, b.adjustment, p.result, p.payout, p.realised_pnl
FROM bet AS b
JOIN bet_pnl AS p ON p.bet_id = b.bet_id
UNION ALL
SELECT
    v.bet_id, v.age, v.version, v.status, v.accepted_at, v.currency, v.fx_rate, v.stake,
    v.stake_type, v.bet_type, v.p_win, v.model_version, v.handle, v.cash_out_handle,
    v.cash_out_paid, v.payout_win, v.expected_pnl, v.legs, v.terms, v.adjustment, NULL, NULL, NULL
FROM bet_version AS v
LEFT JOIN bet_version AS newer
    ON newer.bet_id = v.bet_id AND newer.age = v.age - 1
LEFT JOIN bet AS n ON n.bet_id = v.bet_id AND v.age = 2
WHERE v.version <> COALESCE(newer.version, n.version)
   OR v.adjustment <> COALESCE(newer.adjustment, n.adjustment);
