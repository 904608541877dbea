-- Tickets settle one by one. A result meets a leg that knows little more than which ticket's it is:
-- one result may meet thousands of legs at once, and the text of a ticket is five times as long as
-- all else of a leg. So the text waits, once, where a ticket's results are gathered.
-- Everything of a ticket is one text there. Arrays side by side would fall out of step when one of
-- them is retracted. The tag says which version of the ticket it belongs to: text and results come
-- on ways of their own. settle_ticket gives null for the moment between two versions. The second in
-- which a result came is digits of one width, which sort as time does and are cheap to read again.
CREATE TEMPORARY VIEW settled_ticket AS
SELECT bet_id, t
FROM (
    SELECT bet_id, settle_ticket(gathered) AS t
    FROM (
        SELECT /*+ STATE_TTL('ticket_word' = '0s') */
            bet_id, ARRAY_AGG(what) AS gathered, SUM(results) AS results
        FROM (
            SELECT
                bet_id, 0 AS results,
                CONCAT_WS(U&'\001C',
                    CONCAT_WS('.', CAST(version AS STRING), CAST(adjustment AS STRING)),
                    ticket) AS what
            FROM valued_bet
            WHERE age = 1 AND ticket IS NOT NULL AND riding_bets = 1
            UNION ALL
            SELECT /*+ STATE_TTL('l' = '0s', 'r' = '0s') */
                l.bet_id, 1,
                CONCAT_WS(U&'\001F',
                    l.tag, CAST(l.leg_number AS STRING), r.`result`,
                    CAST(r.dead_heat_winners AS STRING),
                    CAST(r.dead_heat_tied AS STRING),
                    LPAD(CAST(r.settled_ms / 1000 AS STRING), 11, '0'))
            FROM (
                SELECT bet_id, tag, leg_number, game_id, market, line, selection
                FROM split_ticket WHERE riding_bets = 1
            ) AS l
            JOIN (SELECT * FROM newest_result WHERE status = 'settled') AS r
                ON l.game_id = r.game_id AND l.market = r.market
               AND l.line = r.line AND l.selection = r.selection
        ) AS ticket_word
        GROUP BY bet_id
    )
    WHERE results > 0
)
WHERE t IS NOT NULL;
