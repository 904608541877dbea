-- What each outcome pays, in the bet's currency: whole minor units, for nobody is paid less than
-- one. ROUND takes its decimals as a literal only; from a column it would lose the scale.
CREATE TEMPORARY VIEW bet_payable AS
SELECT
    *,
    CASE minor
        WHEN 0 THEN CAST(ROUND(riding * paid_win, 0) AS DECIMAL(18,3))
        WHEN 3 THEN CAST(ROUND(riding * paid_win, 3) AS DECIMAL(18,3))
        ELSE CAST(ROUND(riding * paid_win, 2) AS DECIMAL(18,3))
    END AS payable_win,
    CASE minor
        WHEN 0 THEN CAST(ROUND(riding * paid_half_win, 0) AS DECIMAL(18,3))
        WHEN 3 THEN CAST(ROUND(riding * paid_half_win, 3) AS DECIMAL(18,3))
        ELSE CAST(ROUND(riding * paid_half_win, 2) AS DECIMAL(18,3))
    END AS payable_half_win,
    CASE minor
        WHEN 0 THEN CAST(ROUND(riding * paid_half_lose, 0) AS DECIMAL(18,3))
        WHEN 3 THEN CAST(ROUND(riding * paid_half_lose, 3) AS DECIMAL(18,3))
        ELSE CAST(ROUND(riding * paid_half_lose, 2) AS DECIMAL(18,3))
    END AS payable_half_lose
FROM (
    SELECT
        *,
        CASE WHEN ticket IS NOT NULL THEN CAST(0 AS DECIMAL(10,4))
             WHEN stake_type = 'free' THEN CAST(odds - 1 AS DECIMAL(10,4))
             ELSE CAST(odds AS DECIMAL(10,4)) END AS paid_win,
        CASE WHEN ticket IS NOT NULL THEN CAST(0 AS DECIMAL(11,5))
             WHEN stake_type = 'free'
                 THEN CAST((CAST(odds AS DECIMAL(10,4)) - 1) * 0.5 AS DECIMAL(11,5))
             WHEN stake_type = 'bonus'
                 THEN CAST(CAST(odds AS DECIMAL(10,4)) * 0.5 AS DECIMAL(11,5))
             ELSE CAST((CAST(odds AS DECIMAL(10,4)) + 1) * 0.5 AS DECIMAL(11,5))
        END AS paid_half_win,
        CASE WHEN ticket IS NOT NULL OR is_bonus THEN 0.0 ELSE 0.5 END AS paid_half_lose
    FROM bet_staked
);
