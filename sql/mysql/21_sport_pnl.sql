-- The same by sport, as the games topic names it. A ticket counts once in each of its games,
-- so bets here are entries, not tickets; money adds up to the whole.
CREATE OR REPLACE VIEW sport_pnl AS
SELECT
    COALESCE(g.sport, 'unknown')  AS sport,
    COUNT(*)                      AS games,
    SUM(p.bets)                   AS bets,
    SUM(p.settled_bets)           AS settled_bets,
    SUM(p.open_bets)              AS open_bets,
    SUM(p.handle)                 AS handle,
    SUM(p.bonus_handle)           AS bonus_handle,
    SUM(p.settled_handle)         AS settled_handle,
    SUM(p.open_handle)            AS open_handle,
    SUM(p.payout)                 AS payout,
    SUM(p.cash_out_handle)        AS cash_out_handle,
    SUM(p.cash_out_paid)          AS cash_out_paid,
    SUM(p.cash_out_pnl)           AS cash_out_pnl,
    SUM(p.expected_pnl)           AS expected_pnl,
    SUM(p.predicted_pnl)          AS predicted_pnl,
    SUM(p.theoretical_pnl)        AS theoretical_pnl,
    SUM(p.realised_pnl)           AS realised_pnl,
    SUM(p.open_expected_pnl)      AS open_expected_pnl,
    SUM(p.total_pnl)              AS total_pnl
FROM game_pnl AS p
LEFT JOIN game AS g ON g.game_id = p.game_id
GROUP BY COALESCE(g.sport, 'unknown');
