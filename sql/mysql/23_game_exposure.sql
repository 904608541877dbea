-- What an open market would bring if one selection won and the others that are still open lost:
-- singles only, a row a selection, those that nobody backed included. A market is open while a
-- selection of it has no settled result; what its settled ones brought is part of each figure
-- and stands beside it as market_realised_pnl. Nothing is read twice and every window is over
-- one game's markets, so that a question about one game reads that game alone.
CREATE OR REPLACE VIEW game_exposure AS
SELECT
    game_id, market, line, selection, odds, probability, bets, handle_riding, payout_win,
    market_handle,
    market_realised_pnl,
    market_handle - market_payout_settled - payout_win              AS pnl_if_win,
    market_handle - market_payout_settled - payout_max              AS worst_case,
    market_handle - market_payout_settled - payout_min              AS best_case,
    GREATEST(0, payout_max - market_handle + market_payout_settled) AS liability
FROM (
    SELECT
        book.*,
        SUM(handle_riding) OVER one_market                            AS market_handle,
        SUM(payout_settled) OVER one_market                           AS market_payout_settled,
        SUM(CASE WHEN settled THEN handle_riding - payout_settled ELSE 0 END)
            OVER one_market                                           AS market_realised_pnl,
        MAX(CASE WHEN NOT settled THEN payout_win END) OVER one_market AS payout_max,
        MIN(CASE WHEN NOT settled THEN payout_win END) OVER one_market AS payout_min
    FROM (
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
        FROM (
            SELECT game_id, market, line, selection FROM selection_book
            UNION
            SELECT game_id, market, line, selection FROM selection_price
        ) AS x
        LEFT JOIN selection_book AS b
            ON b.game_id = x.game_id AND b.market = x.market AND b.line = x.line
           AND b.selection = x.selection
        LEFT JOIN selection_price AS p
            ON p.game_id = x.game_id AND p.market = x.market AND p.line = x.line
           AND p.selection = x.selection
        LEFT JOIN selection_result AS r
            ON r.game_id = x.game_id AND r.market = x.market AND r.line = x.line
           AND r.selection = x.selection AND r.status = 'settled'
    ) AS book
    WINDOW one_market AS (PARTITION BY game_id, market, line)
) AS market
WHERE NOT settled;
