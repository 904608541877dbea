-- What each leg puts on its game: a single all of it, a ticket's leg its share. A ticket counts
-- once in each of its games, and once in each of its sports.
CREATE TEMPORARY VIEW bet_leg AS
SELECT
    game_id, sport, accepted_at,
    bets, riding_bets, bets AS sport_bets,
    handle, bonus_handle, cash_out_handle, cash_out_paid, expected_payout,
    expected_pnl, predicted_pnl, theoretical_pnl
FROM newest_bet
WHERE leg_count = 1
UNION ALL
SELECT
    game_id, sport, accepted_at,
    bets * first_in_game, riding_bets * first_in_game, bets * first_in_sport,
    CAST(handle AS DECIMAL(20,4)),
    CAST(bonus_handle AS DECIMAL(20,4)),
    CAST(cash_out_handle AS DECIMAL(20,4)),
    CAST(cash_out_paid AS DECIMAL(20,4)),
    CAST(expected_payout AS DECIMAL(20,4)),
    CAST(handle - expected_payout - cash_out_paid AS DECIMAL(20,4)),
    CAST(handle - predicted_payout - cash_out_paid AS DECIMAL(20,4)),
    CAST(ROUND(CAST(handle AS DECIMAL(20,4)) * margin, 4) AS DECIMAL(20,4))
FROM ticket_leg;
