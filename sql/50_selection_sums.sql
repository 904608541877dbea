-- The book on each selection: for each outcome a sum of amounts that were already rounded bet
-- by bet, so that a result settles a million bets by picking one of them.
CREATE TEMPORARY VIEW selection_sums AS
SELECT /*+ STATE_TTL('single_leg' = '0s') */
    game_id, market, line, selection,
    SUM(riding_bets) AS bets,
    SUM(handle_riding) AS handle_riding,
    SUM(expected_payout) AS expected_payout,
    SUM(payout_win) AS payout_win,
    SUM(payout_half_win) AS payout_half_win,
    SUM(payout_half_lose) AS payout_half_lose
FROM single_leg
GROUP BY game_id, market, line, selection;
