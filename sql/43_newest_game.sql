-- The newest word on each game.
CREATE TEMPORARY VIEW newest_game AS
SELECT game_id, version, sport, competition, home, away, starts_ms,
       CAST(TO_TIMESTAMP_LTZ(starts_ms, 3) AS TIMESTAMP(3)) AS starts_at, status, `minute`,
       score_home, score_away
FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY game_id ORDER BY version DESC) AS age
    FROM (
        SELECT
            f[2] AS game_id,
            CAST(f[3] AS BIGINT) AS version,
            f[4] AS sport, f[5] AS competition, f[6] AS home, f[7] AS away,
            CAST(f[8] AS BIGINT) AS starts_ms,
            f[9] AS status,
            CAST(f[10] AS INT) AS `minute`,
            CAST(f[11] AS INT) AS score_home,
            CAST(f[12] AS INT) AS score_away
        FROM feed_read
        WHERE f[1] IS NULL AND topic = 'games'
    )
)
WHERE age = 1;
