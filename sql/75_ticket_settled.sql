-- Each ticket that is decided.
INSERT INTO ticket_settled
SELECT
    bet_id, t[1], CAST(t[2] AS DECIMAL(18,4)), CAST(t[3] AS DECIMAL(18,4)),
    CAST(t[4] AS DECIMAL(18,4))
FROM settled_ticket
WHERE t[1] IS NOT NULL;
