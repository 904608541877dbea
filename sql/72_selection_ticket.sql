-- What tickets put on each selection: the whole of each ticket, on every one of its legs. So these
-- sums say how much hangs on a selection; over selections they do not add up.
INSERT INTO selection_ticket
SELECT /*+ STATE_TTL('split_ticket' = '0s') */
    game_id, market, line, selection,
    SUM(riding_bets), SUM(handle_riding), SUM(payout_win), SUM(product_payout), SUM(swing)
FROM split_ticket
GROUP BY game_id, market, line, selection;
