-- Each bet with its result, what it paid and what it realised. A dead heat rounds each bet
-- here and once a selection in the sums, so under one the two may differ by a few cents.
CREATE OR REPLACE VIEW bet_pnl AS
SELECT
    bet_id, version, status, accepted_at, customer_id, channel, region, bet_type, leg_count,
    game_id, market, line, selection, odds, p_win, model_version,
    handle, bonus_handle, handle_riding, cash_out_pnl, expected_pnl, predicted_pnl,
    result,
    payout,
    CASE WHEN result IS NULL THEN cash_out_pnl
         ELSE handle_riding - payout + cash_out_pnl END AS realised_pnl,
    CASE WHEN result IS NULL THEN expected_pnl
         ELSE handle_riding - payout + cash_out_pnl END AS total_pnl
FROM (
    SELECT
        b.*,
        CASE WHEN b.bet_type <> 'single' THEN t.result WHEN b.rides THEN r.result END AS result,
        CASE
            WHEN b.bet_type <> 'single' THEN t.payout
            WHEN NOT b.rides THEN NULL
            WHEN r.result = 'win' AND r.dead_heat_winners < r.dead_heat_tied
                THEN ROUND(b.payout_win * r.dead_heat_winners / r.dead_heat_tied, ${base_minor})
            WHEN r.result = 'win' THEN b.payout_win
            WHEN r.result = 'half_win' THEN b.payout_half_win
            WHEN r.result = 'half_lose' THEN b.payout_half_lose
            WHEN r.result = 'lose' THEN 0
            WHEN r.result IN ('void', 'push') THEN b.handle_riding
        END AS payout
    FROM (
        SELECT
            bet.*,
            -- Cashed out in full, a bet is closed: nothing of it is left for a result to pay.
            status IN ('accepted', 'cashed_out')
                AND NOT (cash_out_paid + cash_out_handle > 0 AND handle_riding = 0
                         AND payout_win = 0) AS rides
        FROM bet
    ) AS b
    LEFT JOIN ticket_settled AS t ON t.bet_id = b.bet_id
    LEFT JOIN selection_result AS r
        ON r.game_id = b.game_id AND r.market = b.market AND r.line = b.line
       AND r.selection = b.selection AND r.status = 'settled' AND b.bet_type = 'single'
) AS settled;
