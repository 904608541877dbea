-- The book on each selection.
INSERT INTO selection_book
SELECT game_id, market, line, selection, bets, handle_riding, expected_payout,
       payout_win, payout_half_win, payout_half_lose
FROM selection_sums;
