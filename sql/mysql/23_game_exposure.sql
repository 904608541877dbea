-- What an open market would bring if one selection won and the others that are still open lost:
-- singles only, a row a selection, those that nobody backed included. A market is open while a
-- selection of it has no settled result; what its settled ones brought is part of each figure
-- and stands beside it as market_realised_pnl.
CREATE OR REPLACE VIEW game_exposure AS
WITH selections AS (
    SELECT game_id, market, line, selection FROM selection_book
    UNION
    SELECT game_id, market, line, selection FROM selection_price
),
book AS (
    SELECT
        x.game_id, x.market, x.line, x.selection,
        p.odds,
        p.probability,
        COALESCE(b.bets, 0)          AS bets,
        COALESCE(b.handle_riding, 0) AS handle_riding,
        COALESCE(b.payout_win, 0)    AS payout_win,
        CASE r.result
            WHEN 'win' THEN ROUND(COALESCE(b.payout_win, 0)
                                  * r.dead_heat_winners / r.dead_heat_tied, ${base_minor})
            WHEN 'half_win' THEN COALESCE(b.payout_half_win, 0)
            WHEN 'half_lose' THEN COALESCE(b.payout_half_lose, 0)
            WHEN 'lose' THEN 0
            WHEN 'void' THEN COALESCE(b.handle_riding, 0)
            WHEN 'push' THEN COALESCE(b.handle_riding, 0)
            ELSE 0
        END AS payout_settled,
        r.result IS NOT NULL AS settled
    FROM selections AS x
    LEFT JOIN selection_book AS b
        ON b.game_id = x.game_id AND b.market = x.market AND b.line = x.line
       AND b.selection = x.selection
    LEFT JOIN selection_price AS p
        ON p.game_id = x.game_id AND p.market = x.market AND p.line = x.line
       AND p.selection = x.selection
    LEFT JOIN selection_result AS r
        ON r.game_id = x.game_id AND r.market = x.market AND r.line = x.line
       AND r.selection = x.selection AND r.status = 'settled'
),
market_sums AS (
    SELECT game_id, market, line,
           SUM(handle_riding) AS market_handle,
           SUM(payout_settled) AS market_payout_settled,
           SUM(CASE WHEN settled THEN handle_riding - payout_settled ELSE 0 END)
               AS market_realised_pnl
    FROM book
    GROUP BY game_id, market, line
)
SELECT
    b.game_id, b.market, b.line, b.selection, b.odds, b.probability, b.bets,
    b.handle_riding,
    b.payout_win,
    m.market_handle,
    m.market_realised_pnl,
    m.market_handle - m.market_payout_settled - b.payout_win AS pnl_if_win,
    MIN(m.market_handle - m.market_payout_settled - b.payout_win)
        OVER (PARTITION BY b.game_id, b.market, b.line) AS worst_case,
    MAX(m.market_handle - m.market_payout_settled - b.payout_win)
        OVER (PARTITION BY b.game_id, b.market, b.line) AS best_case,
    GREATEST(0, -MIN(m.market_handle - m.market_payout_settled - b.payout_win)
        OVER (PARTITION BY b.game_id, b.market, b.line)) AS liability
FROM book AS b
JOIN market_sums AS m
    ON m.game_id = b.game_id AND m.market = b.market AND m.line = b.line
WHERE NOT b.settled;
