-- What has been settled of each game's singles. Quiet until there are results; it may dip for
-- one flush when a bet or a correction comes after them.
INSERT INTO game_settled
SELECT /*+ STATE_TTL('selection_settled' = '0s') */
    game_id, SUM(bets), SUM(handle), SUM(payout), SUM(expected_payout)
FROM selection_settled
GROUP BY game_id;
