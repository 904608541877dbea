-- What the model says of each selection now: by the newest prices of its market, and by how its game
-- stands. Prices and game make one text, so that the function takes two columns and not ten.
-- The model may change between a row and its retraction: only the names of the selections matter to
-- the sink that takes a row away, and those are the prices' own.
CREATE TEMPORARY VIEW marked_price AS
SELECT
    game_id, market, line,
    SPLIT_INDEX(price, U&'\001F', 0) AS selection,
    version,
    CAST(SPLIT_INDEX(price, U&'\001F', 1) AS DECIMAL(20,4)) AS odds,
    CAST(SPLIT_INDEX(price, U&'\001F', 2) AS DECIMAL(9,8)) AS probability,
    SPLIT_INDEX(price, U&'\001F', 3) AS model_version,
    CAST(TO_TIMESTAMP_LTZ(priced_ms, 3) AS TIMESTAMP(3)) AS priced_at
FROM (
    SELECT game_id, market, line, version, priced_ms, mark_prices(prices, moment) AS marked
    FROM (
        SELECT /*+ STATE_TTL('o' = '0s', 'g' = '0s') */
            o.game_id, o.market, o.line, o.version, o.priced_ms, o.prices,
            CONCAT_WS(U&'\001F',
                o.market, o.line, CAST(o.priced_ms AS STRING),
                COALESCE(g.sport, ''), COALESCE(g.status, ''),
                COALESCE(CAST(g.starts_ms AS STRING), ''),
                COALESCE(CAST(g.`minute` AS STRING), ''),
                COALESCE(CAST(g.score_home AS STRING), ''),
                COALESCE(CAST(g.score_away AS STRING), '')) AS moment
        FROM newest_odds AS o
        LEFT JOIN (
            SELECT game_id, sport, status, starts_ms, `minute`, score_home, score_away
            FROM newest_game
        ) AS g ON g.game_id = o.game_id
    )
)
CROSS JOIN UNNEST(SPLIT(marked, U&'\001E')) AS u (price);
