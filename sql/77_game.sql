-- Each game as it stands.
INSERT INTO game
SELECT game_id, version, sport, competition, home, away, starts_at, status, `minute`,
       score_home, score_away
FROM newest_game;
