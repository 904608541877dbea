"""The sums by segment: who bet on what, where and in which currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from betpnl import pnl
from betpnl.contract.records import Bet
from betpnl.tickets import Ticket
from betpnl.verify import settlement
from betpnl.verify.sums import ZERO, Sums, add, rows
from betpnl.verify.tables import Rows
from betpnl.verify.valuation import Share, Value

Segment = tuple[str, str, str, str, str, str]
"""Sport, competition, market, channel, region, currency."""


def segments_of(bet: Bet, ticket: Ticket | None) -> list[Segment]:
    """The segment of each leg, of an each-way bet those of its places, too."""
    labels = bet.channel, bet.region, bet.currency
    legs = bet.legs if ticket is None else ticket.legs
    return [(leg.sport, leg.competition, leg.market, *labels) for leg in legs]


class SegmentBook:
    """Takes each newest bet once. endings: how selections ended."""

    def __init__(
        self, endings: Mapping[settlement.Selection, settlement.Ending], base_minor: int
    ) -> None:
        self._endings = endings
        self._base_minor = base_minor
        self._placed: Sums = {}
        self._singles: Sums = {}
        self._settled: Sums = {}

    def place(self, segments: Sequence[Segment], shares: Sequence[Share], value: Value) -> None:
        """Put a bet's stakes into its segments; it is counted in the first."""
        for place, (segment, share) in enumerate(zip(segments, shares, strict=True)):
            counted = place == 0
            add(
                self._placed,
                segment,
                (
                    value.bets if counted else 0,
                    value.riding_bets if counted else 0,
                    share.handle,
                    share.bonus_handle,
                    share.handle_riding,
                    share.expected_payout,
                    share.expected_pnl,
                    share.theoretical_pnl,
                    share.cash_out_pnl,
                ),
            )

    def single(self, selection: settlement.Selection, segment: Segment, value: Value) -> None:
        """Put a single onto its selection's book."""
        add(
            self._singles,
            (*selection, *segment),
            (
                value.riding_bets,
                value.handle_riding,
                value.expected_payout,
                value.payout_win,
                value.payout_half_win,
                value.payout_half_lose,
            ),
        )

    def settle(self, segment: Segment, amounts: Sequence[Decimal | int]) -> None:
        """Add to what is settled: bets, handle, payout, expected payout, revalued."""
        add(self._settled, segment, amounts)

    def tables(self) -> dict[str, Rows]:
        """What must stand in the tables of segments, by table and key."""
        settled: Sums = {key: list(group) for key, group in self._settled.items()}
        for key, group in self._singles.items():
            ending = self._endings.get((str(key[0]), str(key[1]), str(key[2]), str(key[3])))
            if ending is None:
                continue
            bets, riding, expected, win, half_win, half_lose = group
            sums = pnl.SelectionSums(riding, win, half_win, half_lose)
            payout = pnl.selection_payout(sums, ending.result, self._base_minor)
            add(settled, key[4:], (bets, riding, payout, expected, ZERO))
        return {"segment_placed": rows(self._placed, 2), "segment_settled": rows(settled, 1)}
