-- The newest prices of each market, all of them in one text.
CREATE TEMPORARY VIEW newest_odds AS
SELECT game_id, market, line, version, priced_ms, prices
FROM (
    SELECT *, ROW_NUMBER() OVER (
        PARTITION BY game_id, market, line ORDER BY version DESC) AS age
    FROM (
        SELECT
            f[2] AS game_id, f[3] AS market, f[4] AS line,
            CAST(f[5] AS BIGINT) AS version,
            CAST(f[6] AS BIGINT) AS priced_ms,
            f[7] AS prices
        FROM feed_read
        WHERE f[1] IS NULL AND topic = 'odds'
    )
)
WHERE age = 1 AND prices <> '';
