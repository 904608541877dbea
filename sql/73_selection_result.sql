-- How each selection ended; an undone result keeps its row and says so.
INSERT INTO selection_result
SELECT game_id, market, line, selection, version, status, `result`,
       dead_heat_winners, dead_heat_tied, certainty, settled_at
FROM newest_result;
