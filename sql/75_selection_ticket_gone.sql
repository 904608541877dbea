-- What of selection_ticket rides no longer: of a ticket that is decided all of it, else all on a leg
-- that has its result, and on the others what can no longer be won.
INSERT INTO selection_ticket_gone
SELECT /*+ STATE_TTL('ticket_share_settled' = '0s') */
    game_id, market, line, selection,
    SUM(tickets_gone), SUM(handle_gone), SUM(payout_gone), SUM(product_gone), SUM(swing_gone)
FROM ticket_share_settled
GROUP BY game_id, market, line, selection;
