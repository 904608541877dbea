-- The newest word on each selection.
CREATE TEMPORARY VIEW newest_result AS
SELECT game_id, market, line, selection, version, status, `result`,
       dead_heat_winners, dead_heat_tied, certainty, settled_ms,
       CAST(TO_TIMESTAMP_LTZ(settled_ms, 3) AS TIMESTAMP(3)) AS settled_at
FROM (
    SELECT *, ROW_NUMBER() OVER (
        PARTITION BY game_id, market, line, selection ORDER BY version DESC) AS age
    FROM (
        SELECT
            f[2] AS game_id, f[3] AS market, f[4] AS line, f[5] AS selection,
            CAST(f[6] AS BIGINT) AS version,
            f[7] AS status,
            f[8] AS `result`,
            CAST(f[9] AS INT) AS dead_heat_winners,
            CAST(f[10] AS INT) AS dead_heat_tied,
            f[11] AS certainty,
            CAST(f[12] AS BIGINT) AS settled_ms
        FROM feed_read
        WHERE f[1] IS NULL AND topic = 'results'
    )
)
WHERE age = 1;
