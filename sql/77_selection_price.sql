-- The newest odds of each selection.
INSERT INTO selection_price
SELECT game_id, market, line, selection, version, odds, probability, priced_at
FROM newest_price;
