-- A game's PNL: what was placed, what of it is settled, and so what is still open. The placed
-- and settled sums stand in tables of their own, so this joins by primary key.
CREATE OR REPLACE VIEW game_pnl AS
SELECT
    p.game_id,
    p.bets,
    COALESCE(s.bets, 0) + COALESCE(t.bets, 0)                                AS settled_bets,
    p.riding_bets - COALESCE(s.bets, 0) - COALESCE(t.bets, 0)                AS open_bets,
    p.handle,
    p.bonus_handle,
    COALESCE(s.handle, 0) + COALESCE(t.handle, 0)                            AS settled_handle,
    p.handle_riding - COALESCE(s.handle, 0) - COALESCE(t.handle, 0)          AS open_handle,
    COALESCE(s.payout, 0) + COALESCE(t.payout, 0)                            AS payout,
    p.cash_out_handle,
    p.cash_out_paid,
    p.cash_out_pnl,
    p.expected_pnl,
    p.predicted_pnl,
    p.theoretical_pnl,
    COALESCE(s.handle, 0) + COALESCE(t.handle, 0)
        - COALESCE(s.payout, 0) - COALESCE(t.payout, 0) + p.cash_out_pnl     AS realised_pnl,
    (p.handle_riding - COALESCE(s.handle, 0) - COALESCE(t.handle, 0))
        - (p.expected_payout - COALESCE(s.expected_payout, 0)
           - COALESCE(t.expected_payout, 0) + COALESCE(t.revalued, 0))                                 AS open_expected_pnl,
    p.cash_out_pnl + p.handle_riding
        - COALESCE(s.payout, 0) - COALESCE(t.payout, 0)
        - (p.expected_payout - COALESCE(s.expected_payout, 0)
           - COALESCE(t.expected_payout, 0) + COALESCE(t.revalued, 0))                                 AS total_pnl,
    GREATEST(p.updated_at, COALESCE(s.updated_at, p.updated_at),
             COALESCE(t.updated_at, p.updated_at))                           AS updated_at
FROM game_placed AS p
LEFT JOIN game_settled AS s ON s.game_id = p.game_id
LEFT JOIN game_ticket_settled AS t ON t.game_id = p.game_id;
