-- The legs of tickets, each with its game's share of the ticket. Only amounts that
-- are never negative are shared: in whole minor units (expected payout in 0.0001), equally, the
-- odd ones to the first legs, so that the games add up to the ticket. RAND_INTEGER(1), as in
-- bet_priced, so that a leg is split once and not once a column.
CREATE TEMPORARY VIEW split_ticket AS
SELECT
    bet_id, tag, accepted_at, bets, riding_bets, handle_riding, payout_win, margin, leg_number,
    channel, region, currency,
    leg[1] AS game_id,
    leg[2] AS market,
    leg[3] AS line,
    leg[4] AS selection,
    CAST(leg[5] AS DECIMAL(18,4)) AS odds,
    leg[6] AS sport,
    CAST(leg[7] AS INT) AS first_in_game,
    CAST(leg[8] AS INT) AS first_in_sport,
    CAST(leg[9] AS DECIMAL(9,8)) AS p_win,
    leg[11] AS competition,
    leg[10] = '1' AS predicted_win,
    -- Of an accumulator: what it is expected to pay, and by how much more if this leg wins than if
    -- it loses. Other tickets are not marked.
    product_payout,
    CASE WHEN leg[9] = '0.00000000' THEN CAST(0 AS DECIMAL(26,4))
         ELSE CAST(ROUND(
             product_payout / CAST(leg[9] AS DECIMAL(9,8)), 4
         ) AS DECIMAL(26,4))
    END AS swing,
    CAST(handle_units / leg_count
        + CASE WHEN leg_number <= MOD(handle_units, leg_count) THEN 1 ELSE 0 END
        AS DECIMAL(19,0)) * ${base_unit} AS handle,
    CAST(bonus_units / leg_count
        + CASE WHEN leg_number <= MOD(bonus_units, leg_count) THEN 1 ELSE 0 END
        AS DECIMAL(19,0)) * ${base_unit} AS bonus_handle,
    CAST(cash_out_units / leg_count
        + CASE WHEN leg_number <= MOD(cash_out_units, leg_count) THEN 1 ELSE 0 END
        AS DECIMAL(19,0)) * ${base_unit} AS cash_out_handle,
    CAST(paid_units / leg_count
        + CASE WHEN leg_number <= MOD(paid_units, leg_count) THEN 1 ELSE 0 END
        AS DECIMAL(19,0)) * ${base_unit} AS cash_out_paid,
    CAST(expected_units / leg_count
        + CASE WHEN leg_number <= MOD(expected_units, leg_count) THEN 1 ELSE 0 END
        AS DECIMAL(19,0)) * 0.0001 AS expected_payout,
    CAST(predicted_units / leg_count
        + CASE WHEN leg_number <= MOD(predicted_units, leg_count) THEN 1 ELSE 0 END
        AS DECIMAL(19,0)) * ${base_unit} AS predicted_payout
FROM (
    SELECT
        bet_id, tag, accepted_at, bets, riding_bets, handle_riding, payout_win, margin, leg_number,
        channel, region, currency, leg_count, product_payout, handle_units, bonus_units,
        cash_out_units, paid_units, expected_units, predicted_units,
        SPLIT(leg, CASE WHEN RAND_INTEGER(1) = 0 THEN U&'\001F' ELSE '' END) AS leg
    FROM (
        SELECT
            bet_id, ticket, accepted_at, bets, riding_bets, handle_riding, payout_win, margin,
            channel, region, currency,
            CONCAT_WS('.', CAST(version AS STRING), CAST(adjustment AS STRING)) AS tag,
            CARDINALITY(SPLIT(SPLIT_INDEX(ticket, U&'\001D', 1), U&'\001E')) AS leg_count,
            -- One line of all legs, none of them sold as a whole: `Part.is_accumulator`.
            CASE WHEN SPLIT_INDEX(SPLIT_INDEX(ticket, U&'\001D', 2), U&'\001F', 1)
                      = CAST(CARDINALITY(SPLIT(SPLIT_INDEX(ticket, U&'\001D', 1), U&'\001E'))
                             AS STRING)
                  AND SPLIT_INDEX(SPLIT_INDEX(ticket, U&'\001D', 2), U&'\001F', 3) = ''
                 THEN expected_payout ELSE CAST(0 AS DECIMAL(18,4))
            END AS product_payout,
            CAST(handle * ${base_units} AS BIGINT) AS handle_units,
            CAST(bonus_handle * ${base_units} AS BIGINT) AS bonus_units,
            CAST(cash_out_handle * ${base_units} AS BIGINT) AS cash_out_units,
            CAST(cash_out_paid * ${base_units} AS BIGINT) AS paid_units,
            CAST(expected_payout * 10000 AS BIGINT) AS expected_units,
            CAST(predicted_payout * ${base_units} AS BIGINT) AS predicted_units
        FROM valued_bet
        WHERE age = 1 AND ticket IS NOT NULL
    )
    CROSS JOIN UNNEST(SPLIT(SPLIT_INDEX(ticket, U&'\001D', 1), U&'\001E'))
        WITH ORDINALITY AS u (leg, leg_number)
);
