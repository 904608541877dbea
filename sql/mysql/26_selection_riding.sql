-- What still hangs on a selection in tickets: if it wins, this much more is riding on. Each ticket
-- stands whole on each of its open legs, so over selections and games this does not add up.
CREATE OR REPLACE VIEW selection_riding AS
SELECT
    t.game_id, t.market, t.line, t.selection,
    t.tickets - COALESCE(g.tickets, 0)             AS tickets,
    t.handle_riding - COALESCE(g.handle_riding, 0) AS handle_riding,
    t.payout_win - COALESCE(g.payout_win, 0)       AS payout_win
FROM selection_ticket AS t
LEFT JOIN selection_ticket_gone AS g
    ON g.game_id = t.game_id AND g.market = t.market AND g.line = t.line
   AND g.selection = t.selection
WHERE t.tickets > COALESCE(g.tickets, 0);
