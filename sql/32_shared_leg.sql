-- What a ticket's leg puts on its game: the game's share. A ticket counts once in each of its
-- games, and once in each of its sports.
CREATE TEMPORARY VIEW shared_leg AS
SELECT
    game_id, sport, accepted_at,
    competition, market, channel, region, currency,
    CASE WHEN leg_number = 1 THEN bets ELSE CAST(0 AS BIGINT) END AS segment_bets,
    CASE WHEN leg_number = 1 THEN riding_bets ELSE CAST(0 AS BIGINT) END AS segment_riding_bets,
    bets * first_in_game AS bets,
    riding_bets * first_in_game AS riding_bets,
    bets * first_in_sport AS sport_bets,
    CAST(handle AS DECIMAL(18,4)) AS handle,
    CAST(bonus_handle AS DECIMAL(18,4)) AS bonus_handle,
    CAST(cash_out_handle AS DECIMAL(18,4)) AS cash_out_handle,
    CAST(cash_out_paid AS DECIMAL(18,4)) AS cash_out_paid,
    CAST(expected_payout AS DECIMAL(18,4)) AS expected_payout,
    CAST(handle - expected_payout - cash_out_paid AS DECIMAL(18,4)) AS expected_pnl,
    CAST(handle - predicted_payout - cash_out_paid AS DECIMAL(18,4)) AS predicted_pnl,
    CAST(ROUND(CAST(handle AS DECIMAL(18,4)) * margin, 4) AS DECIMAL(18,4)) AS theoretical_pnl,
    CAST(cash_out_handle - cash_out_paid AS DECIMAL(18,4)) AS cash_out_pnl
FROM split_ticket;
