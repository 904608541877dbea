-- PNL by each of the six dimensions by itself. margin: what the odds alone would keep of the handle;
-- hold: what was kept of the handle that is settled.
CREATE OR REPLACE VIEW breakdown_pnl AS
SELECT
    dimension, value, bets, settled_bets, open_bets,
    handle, bonus_handle, settled_handle, open_handle, payout,
    cash_out_pnl, expected_pnl, theoretical_pnl, realised_pnl, open_expected_pnl, total_pnl,
    ROUND(theoretical_pnl / NULLIF(handle, 0), 6) AS margin,
    ROUND((settled_handle - payout) / NULLIF(settled_handle, 0), 6) AS hold
FROM (
    SELECT 'sport' AS dimension, sport AS value,
           SUM(bets) AS bets, SUM(settled_bets) AS settled_bets,
           SUM(open_bets) AS open_bets, SUM(handle) AS handle,
           SUM(bonus_handle) AS bonus_handle, SUM(settled_handle) AS settled_handle,
           SUM(open_handle) AS open_handle, SUM(payout) AS payout,
           SUM(cash_out_pnl) AS cash_out_pnl, SUM(expected_pnl) AS expected_pnl,
           SUM(theoretical_pnl) AS theoretical_pnl, SUM(realised_pnl) AS realised_pnl,
           SUM(open_expected_pnl) AS open_expected_pnl, SUM(total_pnl) AS total_pnl
    FROM segment_pnl GROUP BY sport
    UNION ALL
    SELECT 'competition' AS dimension, competition AS value,
           SUM(bets) AS bets, SUM(settled_bets) AS settled_bets,
           SUM(open_bets) AS open_bets, SUM(handle) AS handle,
           SUM(bonus_handle) AS bonus_handle, SUM(settled_handle) AS settled_handle,
           SUM(open_handle) AS open_handle, SUM(payout) AS payout,
           SUM(cash_out_pnl) AS cash_out_pnl, SUM(expected_pnl) AS expected_pnl,
           SUM(theoretical_pnl) AS theoretical_pnl, SUM(realised_pnl) AS realised_pnl,
           SUM(open_expected_pnl) AS open_expected_pnl, SUM(total_pnl) AS total_pnl
    FROM segment_pnl GROUP BY competition
    UNION ALL
    SELECT 'market' AS dimension, market AS value,
           SUM(bets) AS bets, SUM(settled_bets) AS settled_bets,
           SUM(open_bets) AS open_bets, SUM(handle) AS handle,
           SUM(bonus_handle) AS bonus_handle, SUM(settled_handle) AS settled_handle,
           SUM(open_handle) AS open_handle, SUM(payout) AS payout,
           SUM(cash_out_pnl) AS cash_out_pnl, SUM(expected_pnl) AS expected_pnl,
           SUM(theoretical_pnl) AS theoretical_pnl, SUM(realised_pnl) AS realised_pnl,
           SUM(open_expected_pnl) AS open_expected_pnl, SUM(total_pnl) AS total_pnl
    FROM segment_pnl GROUP BY market
    UNION ALL
    SELECT 'channel' AS dimension, channel AS value,
           SUM(bets) AS bets, SUM(settled_bets) AS settled_bets,
           SUM(open_bets) AS open_bets, SUM(handle) AS handle,
           SUM(bonus_handle) AS bonus_handle, SUM(settled_handle) AS settled_handle,
           SUM(open_handle) AS open_handle, SUM(payout) AS payout,
           SUM(cash_out_pnl) AS cash_out_pnl, SUM(expected_pnl) AS expected_pnl,
           SUM(theoretical_pnl) AS theoretical_pnl, SUM(realised_pnl) AS realised_pnl,
           SUM(open_expected_pnl) AS open_expected_pnl, SUM(total_pnl) AS total_pnl
    FROM segment_pnl GROUP BY channel
    UNION ALL
    SELECT 'region' AS dimension, region AS value,
           SUM(bets) AS bets, SUM(settled_bets) AS settled_bets,
           SUM(open_bets) AS open_bets, SUM(handle) AS handle,
           SUM(bonus_handle) AS bonus_handle, SUM(settled_handle) AS settled_handle,
           SUM(open_handle) AS open_handle, SUM(payout) AS payout,
           SUM(cash_out_pnl) AS cash_out_pnl, SUM(expected_pnl) AS expected_pnl,
           SUM(theoretical_pnl) AS theoretical_pnl, SUM(realised_pnl) AS realised_pnl,
           SUM(open_expected_pnl) AS open_expected_pnl, SUM(total_pnl) AS total_pnl
    FROM segment_pnl GROUP BY region
    UNION ALL
    SELECT 'currency' AS dimension, currency AS value,
           SUM(bets) AS bets, SUM(settled_bets) AS settled_bets,
           SUM(open_bets) AS open_bets, SUM(handle) AS handle,
           SUM(bonus_handle) AS bonus_handle, SUM(settled_handle) AS settled_handle,
           SUM(open_handle) AS open_handle, SUM(payout) AS payout,
           SUM(cash_out_pnl) AS cash_out_pnl, SUM(expected_pnl) AS expected_pnl,
           SUM(theoretical_pnl) AS theoretical_pnl, SUM(realised_pnl) AS realised_pnl,
           SUM(open_expected_pnl) AS open_expected_pnl, SUM(total_pnl) AS total_pnl
    FROM segment_pnl GROUP BY currency
) AS sums;
