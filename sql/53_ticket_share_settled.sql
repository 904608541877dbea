-- What each ticket with a result puts on the game and the selection of each leg: the game's share
-- once it is decided, by how much its results have moved what is expected of it until then, and
-- what no longer rides on the selection.
CREATE TEMPORARY VIEW ticket_share_settled AS
SELECT
    SPLIT_INDEX(leg, U&'\001F', 0) AS game_id,
    SPLIT_INDEX(leg, U&'\001F', 1) AS market,
    SPLIT_INDEX(leg, U&'\001F', 2) AS line,
    SPLIT_INDEX(leg, U&'\001F', 3) AS selection,
    FLOOR(CAST(t[6] AS TIMESTAMP(3)) TO SECOND) AS settled_second,
    CAST(SPLIT_INDEX(leg, U&'\001F', 4) AS BIGINT) AS bets,
    CAST(SPLIT_INDEX(leg, U&'\001F', 5) AS DECIMAL(18,4)) AS handle,
    CAST(SPLIT_INDEX(leg, U&'\001F', 6) AS DECIMAL(18,4)) AS payout,
    CAST(SPLIT_INDEX(leg, U&'\001F', 7) AS DECIMAL(18,4)) AS expected_payout,
    CAST(SPLIT_INDEX(leg, U&'\001F', 8) AS DECIMAL(18,4)) AS revalued,
    CAST(SPLIT_INDEX(leg, U&'\001F', 9) AS BIGINT) AS tickets_gone,
    CAST(SPLIT_INDEX(leg, U&'\001F', 10) AS DECIMAL(18,4)) AS handle_gone,
    CAST(SPLIT_INDEX(leg, U&'\001F', 11) AS DECIMAL(18,4)) AS payout_gone,
    SPLIT_INDEX(leg, U&'\001F', 12) AS sport,
    SPLIT_INDEX(leg, U&'\001F', 13) AS competition,
    SPLIT_INDEX(leg, U&'\001F', 14) AS channel,
    SPLIT_INDEX(leg, U&'\001F', 15) AS region,
    SPLIT_INDEX(leg, U&'\001F', 16) AS currency,
    CAST(SPLIT_INDEX(leg, U&'\001F', 17) AS BIGINT) AS segment_bets,
    CAST(SPLIT_INDEX(leg, U&'\001F', 18) AS DECIMAL(18,4)) AS product_gone,
    CAST(SPLIT_INDEX(leg, U&'\001F', 19) AS DECIMAL(26,4)) AS swing_gone
FROM settled_ticket CROSS JOIN UNNEST(SPLIT(t[5], U&'\001E')) AS u (leg);
