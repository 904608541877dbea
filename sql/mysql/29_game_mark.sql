-- Each game's expected PNL now, its open book marked to the newest probabilities, and how it came
-- to be so: expected_pnl + price_moves + result_moves = marked_pnl, always. Of a selection that is
-- settled the last mark parts the two moves of its singles: what prices had told before is theirs,
-- the rest the result's. An accumulator moves by each of its open legs as if the others stood still,
-- in the leg's game; other tickets move by results alone. A selection without a price stands as it
-- was taken.
-- One union below one GROUP BY, and no joined sums: into these MySQL takes no condition on a game,
-- and would work out all games for one.
CREATE OR REPLACE VIEW game_mark AS
SELECT
    game_id,
    SUM(expected_pnl)                                             AS expected_pnl,
    SUM(moved_open + moved_settled + moved_tickets)               AS price_moves,
    SUM(total_pnl - expected_pnl - moved_settled)                 AS result_moves,
    SUM(total_pnl + moved_open + moved_tickets)                   AS marked_pnl,
    SUM(realised_pnl)                                             AS realised_pnl,
    SUM(open_expected_pnl + moved_open + moved_tickets)           AS open_marked_pnl,
    SUM(open_handle)                                              AS open_handle,
    SUM(marked_handle)                                            AS marked_handle,
    SUM(moved_tickets)                                            AS ticket_moves,
    MAX(marked_at)                                                AS marked_at
FROM (
    SELECT
        game_id, 1 AS games, expected_pnl, total_pnl, realised_pnl, open_expected_pnl, open_handle,
        0 AS moved_open, 0 AS moved_settled, 0 AS moved_tickets, 0 AS marked_handle,
        CAST(NULL AS DATETIME(3)) AS marked_at
    FROM game_pnl
    UNION ALL
    SELECT
        b.game_id, 0, 0, 0, 0, 0, 0,
        CASE WHEN r.result IS NULL
             THEN b.expected_payout - ROUND(p.probability * b.payout_win, 4) ELSE 0 END,
        CASE WHEN r.result IS NULL
             THEN 0 ELSE b.expected_payout - ROUND(p.probability * b.payout_win, 4) END,
        0,
        CASE WHEN r.result IS NULL THEN b.handle_riding ELSE 0 END,
        p.updated_at
    FROM selection_book AS b
    JOIN selection_price AS p
        ON p.game_id = b.game_id AND p.market = b.market AND p.line = b.line
       AND p.selection = b.selection
    LEFT JOIN selection_result AS r
        ON r.game_id = b.game_id AND r.market = b.market AND r.line = b.line
       AND r.selection = b.selection AND r.status = 'settled'
    UNION ALL
    SELECT
        s.game_id, 0, 0, 0, 0, 0, 0, 0, 0,
        s.product_payout - COALESCE(g.product_payout, 0)
            - ROUND(p.probability * (s.swing - COALESCE(g.swing, 0)), 4),
        0,
        p.updated_at
    FROM selection_ticket AS s
    JOIN selection_price AS p
        ON p.game_id = s.game_id AND p.market = s.market AND p.line = s.line
       AND p.selection = s.selection
    LEFT JOIN selection_ticket_gone AS g
        ON g.game_id = s.game_id AND g.market = s.market AND g.line = s.line
       AND g.selection = s.selection
) AS moves
GROUP BY game_id
HAVING SUM(games) > 0;
