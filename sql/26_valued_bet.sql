-- Every version of every bet with all that it contributes.
CREATE TEMPORARY VIEW valued_bet AS
SELECT
    *,
    CAST(handle_riding - expected_payout + cash_out_pnl AS DECIMAL(18,4)) AS expected_pnl,
    CAST(handle_riding - predicted_payout + cash_out_pnl AS DECIMAL(18,4)) AS predicted_pnl,
    CAST(ROUND(handle * margin, 4) AS DECIMAL(18,4)) AS theoretical_pnl
FROM (
    SELECT
        bet_id, age, version, status,
        CAST(TO_TIMESTAMP_LTZ(accepted_ms, 3) AS TIMESTAMP(3)) AS accepted_at,
        customer_id, channel, region, currency, fx_rate, stake, stake_type, bet_type, leg_count,
        game_id, sport, market, line, selection, odds,
        p_win, model_version, predicted_win, margin, legs, terms, adjustment, market_cancelled,
        takes_rate, competition, ticket, challenge,
        bets, riding_bets, handle, bonus_handle,
        CAST(handle - cash_out_handle AS DECIMAL(18,4)) AS handle_riding,
        cash_out_handle, cash_out_paid,
        CAST(cash_out_handle - cash_out_paid AS DECIMAL(18,4)) AS cash_out_pnl,
        payout_win, payout_half_win, payout_half_lose,
        CAST(ROUND(p_win * payout_win, 4) AS DECIMAL(18,4)) AS expected_payout,
        CASE WHEN ticket IS NOT NULL THEN ticket_predicted_payout
             WHEN predicted_win THEN payout_win ELSE CAST(0 AS DECIMAL(18,4)) END
            AS predicted_payout
    FROM bet_priced
);
