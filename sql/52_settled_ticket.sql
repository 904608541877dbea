-- Tickets settle one by one: each leg's result, with the ticket it belongs to and the second in
-- which it came, in one text. Arrays side by side would fall out of step when one of them is
-- retracted. settle_ticket gives null for a moment between two versions of a ticket.
CREATE TEMPORARY VIEW settled_ticket AS
SELECT bet_id, t
FROM (
    SELECT bet_id, settle_ticket(leg_results) AS t
    FROM (
        SELECT /*+ STATE_TTL('ticket_leg_result' = '0s') */
            bet_id, ARRAY_AGG(leg_result) AS leg_results
        FROM (
            SELECT /*+ STATE_TTL('l' = '0s', 'r' = '0s') */
                l.bet_id,
                CONCAT_WS(U&'\001C',
                    CONCAT_WS(U&'\001F',
                        CAST(l.leg_number AS STRING), r.`result`,
                        CAST(r.dead_heat_winners AS STRING),
                        CAST(r.dead_heat_tied AS STRING),
                        DATE_FORMAT(r.settled_at, 'yyyy-MM-dd HH:mm:ss')),
                    l.ticket) AS leg_result
            FROM (
                SELECT bet_id, ticket, leg_number, game_id, market, line, selection
                FROM split_ticket WHERE riding_bets = 1
            ) AS l
            JOIN (SELECT * FROM newest_result WHERE status = 'settled') AS r
                ON l.game_id = r.game_id AND l.market = r.market
               AND l.line = r.line AND l.selection = r.selection
        ) AS ticket_leg_result
        GROUP BY bet_id
    )
)
WHERE t IS NOT NULL;
