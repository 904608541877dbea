-- One line a game for the board: how it stands, its PNL, and what its open singles could still
-- bring. Worst and best case add up the open markets to what is realised, as if each could go
-- its own way.
CREATE OR REPLACE VIEW game_board AS
SELECT
    p.game_id,
    COALESCE(g.sport, 'unknown') AS sport,
    g.competition,
    g.home,
    g.away,
    g.starts_at,
    g.status,
    g.minute,
    g.score_home,
    g.score_away,
    p.bets,
    p.open_bets,
    p.handle,
    p.open_handle,
    p.expected_pnl,
    p.predicted_pnl,
    p.realised_pnl,
    p.open_expected_pnl,
    p.total_pnl,
    p.realised_pnl + COALESCE(e.worst_case, 0)                  AS worst_case,
    p.realised_pnl + COALESCE(e.best_case, 0)                   AS best_case,
    GREATEST(0, -(p.realised_pnl + COALESCE(e.worst_case, 0)))  AS liability,
    p.updated_at
FROM game_pnl AS p
LEFT JOIN game AS g ON g.game_id = p.game_id
LEFT JOIN (
    SELECT game_id,
           SUM(worst_case - market_realised_pnl) AS worst_case,
           SUM(best_case - market_realised_pnl)  AS best_case
    FROM (
        SELECT game_id, market, line,
               MIN(worst_case) AS worst_case,
               MAX(best_case) AS best_case,
               MIN(market_realised_pnl) AS market_realised_pnl
        FROM game_exposure
        GROUP BY game_id, market, line
    ) AS markets
    GROUP BY game_id
) AS e ON e.game_id = p.game_id;
