-- One line a game for the board: how it stands, its PNL, and what its open singles could still
-- bring, at worst and at best, over all final scores: game_risk has that beside what is realised.
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
LEFT JOIN game_risk AS e ON e.game_id = p.game_id;
