-- The legs of each ticket, so that the tickets of a game can be found.
INSERT INTO ticket_leg
SELECT bet_id, leg_number, game_id, market, line, selection, odds, p_win, predicted_win,
       accepted_at
FROM split_ticket;
