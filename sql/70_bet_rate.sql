-- The bets that came without their rate: which was taken for each, 0 while there is none. Few, as a
-- rule, and in a table of their own, so that a rate that changes finds them without an index on bet.
INSERT INTO bet_rate
SELECT bet_id, currency, accepted_at, fx_rate
FROM valued_bet
WHERE age = 1 AND takes_rate;
