-- The legs of tickets, each with its game's share of the ticket. Only amounts that
-- are never negative are shared: in whole minor units (expected payout in 0.0001), equally, the
-- odd ones to the first legs, so that the games add up to the ticket.
CREATE TEMPORARY VIEW split_ticket AS
SELECT
    bet_id, ticket, accepted_at, bets, riding_bets, handle_riding, payout_win, margin, leg_number,
    channel, region, currency,
    SPLIT_INDEX(leg, U&'\001F', 0) AS game_id,
    SPLIT_INDEX(leg, U&'\001F', 1) AS market,
    SPLIT_INDEX(leg, U&'\001F', 2) AS line,
    SPLIT_INDEX(leg, U&'\001F', 3) AS selection,
    CAST(SPLIT_INDEX(leg, U&'\001F', 4) AS DECIMAL(18,4)) AS odds,
    SPLIT_INDEX(leg, U&'\001F', 5) AS sport,
    CAST(SPLIT_INDEX(leg, U&'\001F', 6) AS INT) AS first_in_game,
    CAST(SPLIT_INDEX(leg, U&'\001F', 7) AS INT) AS first_in_sport,
    CAST(SPLIT_INDEX(leg, U&'\001F', 8) AS DECIMAL(9,8)) AS p_win,
    SPLIT_INDEX(leg, U&'\001F', 10) AS competition,
    SPLIT_INDEX(leg, U&'\001F', 9) = '1' AS predicted_win,
    -- Of an accumulator: what it is expected to pay, and by how much more if this leg wins than if
    -- it loses. Other tickets are not marked.
    product_payout,
    CASE WHEN SPLIT_INDEX(leg, U&'\001F', 8) = '0.00000000' THEN CAST(0 AS DECIMAL(26,4))
         ELSE CAST(ROUND(
             product_payout / CAST(SPLIT_INDEX(leg, U&'\001F', 8) AS DECIMAL(9,8)), 4
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
        bet_id, ticket, accepted_at, bets, riding_bets, handle_riding, payout_win, margin,
        channel, region, currency,
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
    WITH ORDINALITY AS u (leg, leg_number);
