-- The book on each selection once more, by who bet how and where: what a result settles of a segment.
CREATE TEMPORARY VIEW segment_sums AS
SELECT /*+ STATE_TTL('single_leg' = '0s') */
    game_id, market, line, selection, sport, competition, channel, region, currency,
    SUM(riding_bets) AS bets,
    SUM(handle_riding) AS handle_riding,
    SUM(expected_payout) AS expected_payout,
    SUM(payout_win) AS payout_win,
    SUM(payout_half_win) AS payout_half_win,
    SUM(payout_half_lose) AS payout_half_lose
FROM single_leg
GROUP BY game_id, market, line, selection, sport, competition, channel, region, currency;
