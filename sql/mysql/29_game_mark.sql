-- Each game's expected PNL now, its open book marked to the newest probabilities, and how it came
-- to be so: expected_pnl + price_moves + result_moves = marked_pnl, always. Of a selection that is
-- settled the last mark parts the two moves of its singles: what prices had told before is theirs,
-- the rest the result's. An accumulator moves by each of its open legs as if the others stood still,
-- in the leg's game; other tickets move by results alone. A selection without a price stands as it
-- was taken.
CREATE OR REPLACE VIEW game_mark AS
SELECT
    p.game_id,
    p.expected_pnl,
    COALESCE(m.moved_open, 0) + COALESCE(m.moved_settled, 0) + COALESCE(t.moved, 0) AS price_moves,
    p.total_pnl - p.expected_pnl - COALESCE(m.moved_settled, 0)    AS result_moves,
    p.total_pnl + COALESCE(m.moved_open, 0) + COALESCE(t.moved, 0) AS marked_pnl,
    p.realised_pnl,
    p.open_expected_pnl + COALESCE(m.moved_open, 0) + COALESCE(t.moved, 0) AS open_marked_pnl,
    p.open_handle,
    COALESCE(m.marked_handle, 0)                                   AS marked_handle,
    COALESCE(t.moved, 0)                                           AS ticket_moves,
    CASE WHEN m.marked_at IS NULL OR t.marked_at > m.marked_at THEN t.marked_at
         ELSE m.marked_at END                                      AS marked_at
FROM game_pnl AS p
LEFT JOIN (
    SELECT
        game_id,
        SUM(CASE WHEN result IS NULL THEN expected_payout - marked_payout ELSE 0 END) AS moved_open,
        SUM(CASE WHEN result IS NULL THEN 0 ELSE expected_payout - marked_payout END)
            AS moved_settled,
        SUM(CASE WHEN result IS NULL THEN handle_riding ELSE 0 END) AS marked_handle,
        MAX(updated_at) AS marked_at
    FROM (
        SELECT
            b.game_id, b.handle_riding, b.expected_payout, r.result, p.updated_at,
            ROUND(p.probability * b.payout_win, 4) AS marked_payout
        FROM selection_book AS b
        JOIN selection_price AS p
            ON p.game_id = b.game_id AND p.market = b.market AND p.line = b.line
           AND p.selection = b.selection
        LEFT JOIN selection_result AS r
            ON r.game_id = b.game_id AND r.market = b.market AND r.line = b.line
           AND r.selection = b.selection AND r.status = 'settled'
    ) AS marked
    GROUP BY game_id
) AS m ON m.game_id = p.game_id
LEFT JOIN (
    SELECT
        s.game_id,
        SUM(s.product_payout - COALESCE(g.product_payout, 0)
            - ROUND(p.probability * (s.swing - COALESCE(g.swing, 0)), 4)) AS moved,
        MAX(p.updated_at) AS marked_at
    FROM selection_ticket AS s
    JOIN selection_price AS p
        ON p.game_id = s.game_id AND p.market = s.market AND p.line = s.line
       AND p.selection = s.selection
    LEFT JOIN selection_ticket_gone AS g
        ON g.game_id = s.game_id AND g.market = s.market AND g.line = s.line
       AND g.selection = s.selection
    GROUP BY s.game_id
) AS t ON t.game_id = p.game_id;
