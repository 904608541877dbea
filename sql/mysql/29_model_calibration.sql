-- What each model said beside what came. won: 1 for a win, the share of a dead heat, 0 for a loss;
-- what was void, pushed or ended half says nothing of a model and counts as not settled.
CREATE OR REPLACE VIEW model_calibration AS
SELECT
    model_version, role, sport, band,
    SUM(bets) AS bets,
    SUM(CASE WHEN won IS NULL THEN 0 ELSE bets END) AS settled_bets,
    SUM(CASE WHEN won IS NULL THEN 0 ELSE p END) AS expected_wins,
    ROUND(SUM(COALESCE(bets * won, 0)), 8) AS actual_wins,
    ROUND(-SUM(ln_p * won + ln_not_p * (1 - won))
          / NULLIF(SUM(CASE WHEN won IS NULL THEN 0 ELSE bets END), 0), 6) AS log_loss,
    ROUND(SUM(p_squared - 2 * p * won + bets * won * won)
          / NULLIF(SUM(CASE WHEN won IS NULL THEN 0 ELSE bets END), 0), 6) AS brier
FROM (
    SELECT
        s.model_version, s.role, s.sport, s.band, s.bets, s.p, s.p_squared, s.ln_p, s.ln_not_p,
        CASE r.result
            WHEN 'win' THEN CAST(r.dead_heat_winners AS DECIMAL(12,8)) / r.dead_heat_tied
            WHEN 'lose' THEN CAST(0 AS DECIMAL(16,12))
        END AS won
    FROM selection_scored AS s
    LEFT JOIN selection_result AS r
        ON r.game_id = s.game_id AND r.market = s.market AND r.line = s.line
       AND r.selection = s.selection AND r.status = 'settled'
) AS scored
GROUP BY model_version, role, sport, band;
