-- The same in the base currency. A ticket comes with its payout worked out.
CREATE TEMPORARY VIEW bet_priced AS
SELECT
    *,
    handle - cash_out_handle AS handle_riding,
    cash_out_handle - cash_out_paid AS cash_out_pnl,
    CASE WHEN ticket IS NOT NULL THEN ticket_payout_win
         ELSE CAST(ROUND(payable_win * fx_rate, ${base_minor}) AS DECIMAL(20,4))
    END AS payout_win,
    CAST(ROUND(payable_half_win * fx_rate, ${base_minor}) AS DECIMAL(20,4)) AS payout_half_win,
    CAST(ROUND(payable_half_lose * fx_rate, ${base_minor}) AS DECIMAL(20,4)) AS payout_half_lose
FROM bet_payable;
