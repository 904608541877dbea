"""The sums: each bet put once into every group that it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from betpnl import pnl
from betpnl.contract.records import Bet, Result
from betpnl.verify import settlement
from betpnl.verify.history import mysql_time
from betpnl.verify.tables import Key, Rows
from betpnl.verify.valuation import ZERO, Score, Share, Value, shares_of

Sums = dict[Key, list[Decimal]]
"""By key the sums of a group's measures; a count is a sum of ones."""


def _add(sums: Sums, key: Key, amounts: Sequence[Decimal | int]) -> None:
    group = sums.get(key)
    if group is None:
        sums[key] = [ZERO + amount for amount in amounts]
        return
    for place, amount in enumerate(amounts):
        group[place] += amount


def _rows(sums: Sums, counts: int) -> Rows:
    """Rows of the groups; their first ``counts`` measures are whole numbers."""
    return {key: (*key, *map(int, group[:counts]), *group[counts:]) for key, group in sums.items()}


class Book:
    """Takes each newest bet once, with its value; then says what every sum must be.

    results: the newest of each selection. base_minor: decimals of the base currency.
    """

    def __init__(self, results: Iterable[Result], base_minor: int) -> None:
        self._results = settlement.leg_results(results)
        self._base_minor = base_minor
        self._games: Sums = {}
        self._minutes: Sums = {}
        self._seconds: Sums = {}
        self._selections: Sums = {}
        self._tickets: Rows = {}
        self._ticket_games: Sums = {}

    def post(self, bet: Bet, score: Score, value: Value) -> None:
        """Put a bet into its groups; one that does not count puts in zeros."""
        accepted_at = mysql_time(bet.accepted_at) or ""
        shares = self._shares(bet, score, value)
        for share in shares:
            self._place(share, value, accepted_at)
        if len(shares) == 1:
            selection = settlement.selection_of(bet.legs[0])
            _add(
                self._selections,
                selection,
                (
                    value.riding_bets,
                    value.handle_riding,
                    value.expected_payout,
                    value.payout_win,
                    value.payout_half_win,
                    value.payout_half_lose,
                ),
            )
        elif value.riding_bets:
            self._settle(bet, value, shares)

    def _shares(self, bet: Bet, score: Score, value: Value) -> Sequence[Share]:
        if len(bet.legs) > 1:
            return shares_of(bet, value, score.margin, self._base_minor)
        # All of a single goes to its game: no need to split it in one.
        return (
            Share(
                bet.legs[0],
                True,
                True,
                value.handle,
                value.bonus_handle,
                value.handle_riding,
                value.cash_out_handle,
                value.cash_out_paid,
                value.expected_payout,
                value.expected_pnl,
                value.predicted_pnl,
                value.theoretical_pnl,
                value.cash_out_pnl,
            ),
        )

    def _place(self, share: Share, value: Value, accepted_at: str) -> None:
        leg = share.leg
        in_game = value.bets if share.in_game else 0
        _add(
            self._games,
            (leg.game_id,),
            (in_game, value.riding_bets if share.in_game else 0, *share[3:]),
        )
        measures = (
            share.handle,
            share.expected_pnl,
            share.predicted_pnl,
            share.theoretical_pnl,
        )
        _add(self._minutes, (leg.game_id, accepted_at[:17] + "00.000"), (in_game, *measures))
        in_sport = value.bets if share.in_sport else 0
        _add(self._seconds, (leg.sport, accepted_at[:20] + "000"), (in_sport, *measures))

    def _settle(self, bet: Bet, value: Value, shares: Sequence[Share]) -> None:
        settled = settlement.settled_ticket(bet, self._results, self._base_minor)
        if settled is None:
            return
        self._tickets[bet.bet_id,] = (
            bet.bet_id,
            settled.result,
            value.handle_riding,
            settled.payout,
            value.expected_payout,
        )
        payouts = pnl.split(settled.payout, len(shares), self._base_minor)
        for share, payout in zip(shares, payouts, strict=True):
            _add(
                self._ticket_games,
                (share.leg.game_id,),
                (int(share.in_game), share.handle_riding, payout, share.expected_payout),
            )

    def tables(self) -> dict[str, Rows]:
        """What must stand in each table of sums, by table and key."""
        return {
            "game_placed": _rows(self._games, 2),
            "game_minute": _rows(self._minutes, 1),
            "sport_second": _rows(self._seconds, 1),
            "selection_book": _rows(self._selections, 1),
            "game_settled": _rows(self._settled(), 1),
            "ticket_settled": self._tickets,
            "game_ticket_settled": _rows(self._ticket_games, 1),
        }

    def _settled(self) -> Sums:
        settled: Sums = {}
        for selection, result in self._results.items():
            group = self._selections.get(selection)
            if group is None:
                continue
            bets, riding, expected, win, half_win, half_lose = group
            payouts = settlement.Payouts(riding, win, half_win, half_lose)
            payout = settlement.selection_payout(payouts, result, self._base_minor)
            _add(settled, (selection[0],), (bets, riding, payout, expected))
        return settled
