-- The markets that were called off; one that counts again keeps its row and says so.
INSERT INTO market_cancel
SELECT game_id, market, line, version, begins_at, ends_at, status
FROM newest_cancel;
