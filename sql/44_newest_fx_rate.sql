-- The newest word on each rate.
CREATE TEMPORARY VIEW newest_fx_rate AS
SELECT currency, valid_from, version, rate
FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY currency, valid_from ORDER BY version DESC) AS age
    FROM (
        SELECT
            f[2] AS currency,
            CAST(TO_TIMESTAMP_LTZ(CAST(f[3] AS BIGINT), 3) AS TIMESTAMP(3)) AS valid_from,
            CAST(f[4] AS BIGINT) AS version,
            CAST(f[5] AS DECIMAL(16,10)) AS rate
        FROM feed_read
        WHERE f[1] IS NULL AND topic = 'fx_rates'
    )
)
WHERE age = 1;
