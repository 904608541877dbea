-- The four tables that `betpnl train --mysql` reads (docs/model.md), made of a sportsbook's history.
-- Run it in a schema of its own: mysql history < history.sql. The sportsbook's are in `shop`:
--
--   game         id, sport, league, season, home, away, planned_at, began_at, half_time_at,
--                half_home, half_away, final_home, final_away
--   odds_change  id, game_id, market, line, selection, odds, changed_at: a row for each change, when
--                customers first saw it; odds are NULL where the selection was withdrawn
--   outcome      game_id, market, line, selection, result (win, lose, void, ...)

-- The moments at which prices are looked at. Whatever is later than `as_of` is the future.
CREATE TABLE moment (
  PRIMARY KEY (game_id, checkpoint)
) AS
SELECT id AS game_id, 'start' AS checkpoint, 0.0 AS fraction, 0 AS minute,
       0 AS score_home, 0 AS score_away, LEAST(planned_at, began_at) AS as_of
FROM shop.game
UNION ALL
SELECT id, 'half_time', 0.5, 45, half_home, half_away, half_time_at
FROM shop.game
WHERE half_time_at IS NOT NULL;

CREATE TABLE games AS
SELECT id AS game_id, sport, league AS competition, season, home, away, began_at AS starts_at,
       90 AS duration_min, final_home AS home_score, final_away AS away_score
FROM shop.game;

CREATE TABLE checkpoints AS
SELECT game_id, checkpoint, fraction, minute, score_home, score_away
FROM moment;

CREATE TABLE prices (
  game_id VARCHAR(255), checkpoint VARCHAR(64), market VARCHAR(255), line VARCHAR(16),
  selection VARCHAR(255), odds DECIMAL(10, 4)
);

-- The last price before the moment. A market of which something was withdrawn is left out whole:
-- what is still offered of it tells how it will end.
INSERT INTO prices
SELECT game_id, checkpoint, market, line, selection, odds
FROM (
  SELECT newest.*,
         SUM(odds IS NULL) OVER (PARTITION BY game_id, checkpoint, market, line) AS withdrawn
  FROM (
    SELECT moment.game_id, moment.checkpoint, o.market, o.line, o.selection, o.odds,
           ROW_NUMBER() OVER (
             PARTITION BY moment.game_id, moment.checkpoint, o.market, o.line, o.selection
             ORDER BY o.changed_at DESC, o.id DESC
           ) AS back
    FROM moment
    JOIN shop.odds_change o ON o.game_id = moment.game_id AND o.changed_at < moment.as_of
  ) AS newest
  WHERE back = 1
) AS standing
WHERE withdrawn = 0;

CREATE TABLE results AS
SELECT game_id, market, line, selection, result
FROM shop.outcome;
