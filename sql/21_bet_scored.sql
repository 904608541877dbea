-- The filter holds the scoring below the Rank: without it the planner moves the UDF above, and
-- each retraction would score again, perhaps with another model.
CREATE TEMPORARY VIEW bet_scored AS
SELECT
    f[2]                          AS bet_id,
    CAST(f[3] AS BIGINT)          AS version,
    f[4]                          AS status,
    CAST(f[5] AS BIGINT)          AS accepted_ms,
    f[6]                          AS customer_id,
    f[7]                          AS channel,
    f[8]                          AS region,
    f[9]                          AS currency,
    CAST(f[10] AS INT)            AS minor,
    CAST(f[11] AS DECIMAL(16,10)) AS fx_rate,
    CAST(f[12] AS DECIMAL(13,3))  AS stake,
    f[13]                         AS stake_type,
    f[14]                         AS bet_type,
    CAST(f[15] AS DECIMAL(9,8))   AS cashed_fraction,
    CAST(f[16] AS DECIMAL(15,3))  AS cashed_amount,
    CAST(f[17] AS INT)            AS leg_count,
    f[18]                         AS game_id,
    f[19]                         AS sport,
    f[20]                         AS market,
    f[21]                         AS line,
    f[22]                         AS selection,
    CAST(f[23] AS DECIMAL(20,4))  AS odds,
    CAST(f[24] AS DECIMAL(9,8))   AS p_win,
    f[25]                         AS model_version,
    f[26] = '1'                   AS predicted_win,
    CAST(f[27] AS DECIMAL(9,8))   AS margin,
    f[28]                         AS legs,
    f[29]                         AS ticket,
    CAST(f[30] AS DECIMAL(20,4))  AS ticket_payout_win
FROM bet_read
WHERE f[1] IS NULL;
