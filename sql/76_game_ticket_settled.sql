-- Each game's share of the tickets that are decided, and by how much results have moved what is
-- expected of those that are not.
INSERT INTO game_ticket_settled
SELECT /*+ STATE_TTL('ticket_share_settled' = '0s') */
    game_id, SUM(bets), SUM(handle), SUM(payout), SUM(expected_payout), SUM(revalued)
FROM ticket_share_settled
GROUP BY game_id;
