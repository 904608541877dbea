-- The same in the base currency. A ticket comes with its payout worked out. Only what is used later
-- goes on.
-- RAND_INTEGER(1) is always 0, but the planner must not know: it would write each amount out wherever
-- it is used, and nested as they are, the money of a bet would be worked out a dozen times.
CREATE TEMPORARY VIEW bet_priced AS
SELECT
    bet_id, age, version, status, accepted_ms, customer_id, channel, region, currency, fx_rate, stake,
    stake_type, bet_type, leg_count, game_id, sport, market, line, selection, odds, p_win,
    model_version, predicted_win AND RAND_INTEGER(1) = 0 AS predicted_win, margin, legs, terms,
    adjustment, market_cancelled, takes_rate, competition, ticket, challenge,
    ticket_predicted_payout,
    bets, riding_bets, handle, bonus_handle, cash_out_handle, cash_out_paid,
    CASE WHEN ticket IS NOT NULL THEN ticket_payout_win
         ELSE CAST(ROUND(payable_win * fx_rate, ${base_minor}) AS DECIMAL(18,4))
    END AS payout_win,
    CAST(ROUND(payable_half_win * fx_rate, ${base_minor}) AS DECIMAL(18,4)) AS payout_half_win,
    CAST(ROUND(payable_half_lose * fx_rate, ${base_minor}) AS DECIMAL(18,4)) AS payout_half_lose
FROM bet_payable;
