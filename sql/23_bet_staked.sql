-- What is staked, still rides, and was cashed out. A bet that is rejected or cancelled stakes
-- nothing, so it adds nothing to any sum while its groups keep their rows. The casts only say
-- what the checks have made sure of, so that no product passes 38 digits and loses decimals.
CREATE TEMPORARY VIEW bet_staked AS
SELECT
    *,
    CASE WHEN counts THEN CAST(1 AS BIGINT) ELSE 0 END AS bets,
    CASE WHEN counts AND cashed_fraction < 1 THEN CAST(1 AS BIGINT) ELSE 0 END AS riding_bets,
    CAST(staked * (1 - cashed_fraction) AS DECIMAL(21,11)) AS riding,
    CASE WHEN is_bonus THEN CAST(0 AS DECIMAL(18,4))
         ELSE CAST(ROUND(staked * fx_rate, ${base_minor}) AS DECIMAL(18,4))
    END AS handle,
    CASE WHEN is_bonus THEN CAST(ROUND(staked * fx_rate, ${base_minor}) AS DECIMAL(18,4))
         ELSE CAST(0 AS DECIMAL(18,4))
    END AS bonus_handle,
    CASE WHEN is_bonus OR cashed_fraction = 0 THEN CAST(0 AS DECIMAL(18,4))
         ELSE CAST(ROUND(
             CAST(staked * cashed_fraction AS DECIMAL(21,11)) * fx_rate, ${base_minor}
         ) AS DECIMAL(18,4))
    END AS cash_out_handle,
    CASE WHEN counts
         THEN CAST(ROUND(cashed_amount * fx_rate, ${base_minor}) AS DECIMAL(18,4))
         ELSE CAST(0 AS DECIMAL(18,4))
    END AS cash_out_paid
FROM (
    SELECT
        *,
        status IN ('accepted', 'cashed_out') AS counts,
        stake_type <> 'cash' AS is_bonus,
        CASE WHEN status IN ('accepted', 'cashed_out') THEN stake
             ELSE CAST(0 AS DECIMAL(13,3)) END AS staked
    FROM bet_ranked
);
