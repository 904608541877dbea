-- What each ticket with a result puts on the game and the selection of each leg: the game's share
-- once it is decided, by how much its results have moved what is expected of it until then, and
-- what no longer rides on the selection.
CREATE TEMPORARY VIEW ticket_share_settled AS
SELECT
    leg[1] AS game_id,
    leg[2] AS market,
    leg[3] AS line,
    leg[4] AS selection,
    CAST(TO_TIMESTAMP_LTZ(CAST(settled_at AS BIGINT), 0) AS TIMESTAMP(3)) AS settled_second,
    CAST(leg[5] AS BIGINT) AS bets,
    CAST(leg[6] AS DECIMAL(18,4)) AS handle,
    CAST(leg[7] AS DECIMAL(18,4)) AS payout,
    CAST(leg[8] AS DECIMAL(18,4)) AS expected_payout,
    CAST(leg[9] AS DECIMAL(18,4)) AS revalued,
    CAST(leg[10] AS BIGINT) AS tickets_gone,
    CAST(leg[11] AS DECIMAL(18,4)) AS handle_gone,
    CAST(leg[12] AS DECIMAL(18,4)) AS payout_gone,
    leg[13] AS sport,
    leg[14] AS competition,
    leg[15] AS channel,
    leg[16] AS region,
    leg[17] AS currency,
    CAST(leg[18] AS BIGINT) AS segment_bets,
    CAST(leg[19] AS DECIMAL(18,4)) AS product_gone,
    CAST(leg[20] AS DECIMAL(26,4)) AS swing_gone
FROM (
    SELECT t[6] AS settled_at,
           SPLIT(leg, CASE WHEN RAND_INTEGER(1) = 0 THEN U&'\001F' ELSE '' END) AS leg
    FROM settled_ticket CROSS JOIN UNNEST(SPLIT(t[5], U&'\001E')) AS u (leg)
);
