-- What a model said of each single, for the live calibration: of the one that valued it, and of a
-- challenger where there is one, whose word is packed as its probability's 10 characters and its
-- version. band: the lower end of the price's, 1 / odds, in the bands of models/CARD.md. Anything
-- that no model gives would make a logarithm that no DECIMAL holds: it is kept within reach.
CREATE TEMPORARY VIEW scored_single AS
SELECT
    game_id, market, line, selection, sport, model_version, `role`,
    CAST(CASE WHEN odds * 0.1 > 1 THEN 0.00
              WHEN odds * 0.25 > 1 THEN 0.10
              WHEN odds * 0.4 > 1 THEN 0.25
              WHEN odds * 0.6 > 1 THEN 0.40
              WHEN odds * 0.75 > 1 THEN 0.60
              WHEN odds * 0.9 > 1 THEN 0.75
              ELSE 0.90 END AS DECIMAL(3,2)) AS band,
    bets,
    CASE WHEN bets = 1 THEN p ELSE CAST(0 AS DECIMAL(9,8)) END AS p,
    CASE WHEN bets = 1 THEN CAST(p * p AS DECIMAL(18,16)) ELSE CAST(0 AS DECIMAL(18,16)) END
        AS p_squared,
    CASE WHEN bets = 1
         THEN CAST(LN(CAST(CASE WHEN p > 0 THEN p ELSE 0.00000001 END AS DOUBLE))
                   AS DECIMAL(8,6))
         ELSE CAST(0 AS DECIMAL(8,6)) END AS ln_p,
    CASE WHEN bets = 1
         THEN CAST(LN(CAST(CASE WHEN p < 1 THEN 1 - p ELSE 0.00000001 END AS DOUBLE))
                   AS DECIMAL(8,6))
         ELSE CAST(0 AS DECIMAL(8,6)) END AS ln_not_p
FROM (
    SELECT game_id, market, line, selection, sport, odds, bets,
           model_version, 'champion' AS `role`, p_win AS p
    FROM single_leg
    UNION ALL
    SELECT game_id, market, line, selection, sport, odds, bets,
           SUBSTRING(challenge FROM 11), 'challenger',
           CAST(SUBSTRING(challenge FROM 1 FOR 10) AS DECIMAL(9,8))
    FROM single_leg
    WHERE challenge IS NOT NULL
);
