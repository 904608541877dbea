-- PNL by segment: who bet on what, where and in which currency. Sums over any of the six, or over
-- several, add up to the whole.
CREATE OR REPLACE VIEW segment_pnl AS
SELECT
    p.sport, p.competition, p.market, p.channel, p.region, p.currency,
    p.bets,
    COALESCE(s.bets, 0)                                     AS settled_bets,
    p.riding_bets - COALESCE(s.bets, 0)                     AS open_bets,
    p.handle,
    p.bonus_handle,
    COALESCE(s.handle, 0)                                   AS settled_handle,
    p.handle_riding - COALESCE(s.handle, 0)                 AS open_handle,
    COALESCE(s.payout, 0)                                   AS payout,
    p.cash_out_pnl,
    p.expected_pnl,
    p.theoretical_pnl,
    COALESCE(s.handle, 0) - COALESCE(s.payout, 0) + p.cash_out_pnl AS realised_pnl,
    (p.handle_riding - COALESCE(s.handle, 0))
        - (p.expected_payout - COALESCE(s.expected_payout, 0) + COALESCE(s.revalued, 0))
                                                            AS open_expected_pnl,
    p.cash_out_pnl + p.handle_riding - COALESCE(s.payout, 0)
        - (p.expected_payout - COALESCE(s.expected_payout, 0) + COALESCE(s.revalued, 0))
                                                            AS total_pnl
FROM segment_placed AS p
LEFT JOIN segment_settled AS s
    ON s.sport = p.sport AND s.competition = p.competition AND s.market = p.market
   AND s.channel = p.channel AND s.region = p.region AND s.currency = p.currency;
