-- The newest word on each market that was called off.
CREATE TEMPORARY VIEW newest_cancel AS
SELECT game_id, market, line, version, begins_at, ends_at, status
FROM (
    SELECT *, ROW_NUMBER() OVER (
        PARTITION BY game_id, market, line ORDER BY version DESC) AS age
    FROM (
        SELECT
            f[2] AS game_id, f[3] AS market, f[4] AS line,
            CAST(f[5] AS BIGINT) AS version,
            CAST(TO_TIMESTAMP_LTZ(CAST(f[6] AS BIGINT), 3) AS TIMESTAMP(3)) AS begins_at,
            CAST(TO_TIMESTAMP_LTZ(CAST(f[7] AS BIGINT), 3) AS TIMESTAMP(3)) AS ends_at,
            f[8] AS status
        FROM feed_read
        WHERE f[1] IS NULL AND topic = 'market_cancels'
    )
)
WHERE age = 1;
