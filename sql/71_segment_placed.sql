-- What has been staked by sport, competition, market, channel, region and currency, all at once: any
-- of them alone is a sum over few rows. A ticket's money is split among its legs; it counts once.
INSERT INTO segment_placed
SELECT /*+ STATE_TTL('leg' = '0s') */
    sport, competition, market, channel, region, currency,
    SUM(bets), SUM(riding_bets), SUM(handle), SUM(bonus_handle),
    SUM(handle) - SUM(cash_out_handle), SUM(expected_payout),
    SUM(expected_pnl), SUM(theoretical_pnl), SUM(cash_out_pnl)
FROM (
    SELECT sport, competition, market, channel, region, currency, bets, riding_bets,
           handle, bonus_handle, cash_out_handle, expected_payout,
           expected_pnl, theoretical_pnl, cash_out_pnl
    FROM single_leg
    UNION ALL
    SELECT sport, competition, market, channel, region, currency,
           segment_bets, segment_riding_bets,
           handle, bonus_handle, cash_out_handle, expected_payout,
           expected_pnl, theoretical_pnl, cash_out_pnl
    FROM shared_leg
) AS leg
GROUP BY sport, competition, market, channel, region, currency;
