-- What models said of the singles on each selection: with a result, these sums are its log-loss
-- and its Brier score, whatever came of it.
INSERT INTO selection_scored
SELECT /*+ STATE_TTL('scored_single' = '0s') */
    game_id, market, line, selection, sport, model_version, `role`, band,
    SUM(bets), SUM(p), SUM(p_squared), SUM(ln_p), SUM(ln_not_p)
FROM scored_single
GROUP BY game_id, market, line, selection, sport, model_version, `role`, band;
