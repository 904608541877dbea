-- The truth about each bet.
CREATE TEMPORARY VIEW newest_bet AS
SELECT * FROM valued_bet WHERE age = 1;
