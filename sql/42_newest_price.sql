-- The newest prices of each market, a row a selection.
CREATE TEMPORARY VIEW newest_price AS
SELECT
    game_id, market, line,
    SPLIT_INDEX(price, U&'\001F', 0) AS selection,
    version,
    CAST(SPLIT_INDEX(price, U&'\001F', 1) AS DECIMAL(20,4)) AS odds,
    CAST(SPLIT_INDEX(price, U&'\001F', 2) AS DECIMAL(9,8)) AS probability,
    priced_at
FROM (
    SELECT *, ROW_NUMBER() OVER (
        PARTITION BY game_id, market, line ORDER BY version DESC) AS age
    FROM (
        SELECT
            f[2] AS game_id, f[3] AS market, f[4] AS line,
            CAST(f[5] AS BIGINT) AS version,
            CAST(TO_TIMESTAMP_LTZ(CAST(f[6] AS BIGINT), 3) AS TIMESTAMP(3)) AS priced_at,
            f[7] AS prices
        FROM feed_read
        WHERE f[1] IS NULL AND topic = 'odds'
    )
)
CROSS JOIN UNNEST(SPLIT(prices, U&'\001E')) AS u (price)
WHERE age = 1 AND prices <> '';
