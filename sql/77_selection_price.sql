-- The newest odds of each selection, and what they and the game make of it.
INSERT INTO selection_price
SELECT game_id, market, line, selection, version, odds, probability, model_version, priced_at
FROM marked_price;
