"""What tickets put on games and selections beside what was placed: settled, revalued, riding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from betpnl import pnl
from betpnl.contract.records import Bet
from betpnl.settling import Standing
from betpnl.tickets import Ticket, TicketLeg
from betpnl.verify import settlement
from betpnl.verify.segment_book import Segment, SegmentBook
from betpnl.verify.sums import ZERO, Sums, add, rows
from betpnl.verify.tables import Rows
from betpnl.verify.valuation import Share, Value, ticket_leg_row


def _hoped(ticket: Ticket, leg: TicketLeg, expected: Decimal) -> tuple[Decimal, Decimal]:
    """An accumulator's expected payout, and that if the leg were sure to win; else zeros."""
    part = ticket.parts[0]
    is_product = len(ticket.parts) == 1 and part.whole is None
    if not is_product or part.bankers or part.sizes != (len(ticket.legs),):
        return ZERO, ZERO
    if not leg.probability:
        return expected, ZERO
    exact = Fraction(expected) / Fraction(leg.probability)
    return expected, pnl.round_fraction(exact, pnl.EXPECTED_DECIMALS)


class TicketBook:
    """Takes each newest ticket once. endings: how selections ended."""

    def __init__(
        self,
        endings: Mapping[settlement.Selection, settlement.Ending],
        base_minor: int,
        segments: SegmentBook,
    ) -> None:
        self._segments = segments
        self._endings = endings
        self._base_minor = base_minor
        self.seconds: Sums = {}
        self._legs: Rows = {}
        self._tickets: Rows = {}
        self._games: Sums = {}
        self._selections: Sums = {}
        self._gone: Sums = {}

    def post(
        self,
        bet: Bet,
        ticket: Ticket,
        value: Value,
        shares: Sequence[Share],
        segments: Sequence[Segment],
    ) -> None:
        """Put a ticket into its groups. segments: of its legs."""
        whole = (value.riding_bets, value.handle_riding, value.payout_win)
        for number, leg in enumerate(ticket.legs, start=1):
            self._legs[bet.bet_id, number] = ticket_leg_row(bet, number, leg)
            placed = (*whole, *_hoped(ticket, leg, value.expected_payout))
            add(self._selections, (leg.game_id, leg.market, leg.line, leg.selection), placed)
        if not value.riding_bets:
            return
        settled = settlement.settled_legs(ticket, self._endings)
        if not settled:
            return
        stands = settlement.standing_of(ticket, self._endings)
        assert stands is not None
        if stands.result is not None:
            self._tickets[bet.bet_id,] = (
                bet.bet_id,
                stands.result,
                value.handle_riding,
                stands.payout,
                value.expected_payout,
            )
        self._share(stands, shares, segments)
        for place, leg in enumerate(ticket.legs):
            closed = stands.result is not None or place in settled
            before = _hoped(ticket, leg, value.expected_payout)
            gone: tuple[Decimal | int, ...] = (*whole, *before)
            if not closed:
                after = _hoped(ticket, leg, stands.expected_payout + stands.revalued)
                moved = (then - now for then, now in zip(before, after, strict=True))
                gone = (0, ZERO, value.payout_win - stands.payout, *moved)
            add(self._gone, (leg.game_id, leg.market, leg.line, leg.selection), gone)

    def _share(
        self, stands: Standing, shares: Sequence[Share], segments: Sequence[Segment]
    ) -> None:
        parts = len(shares)
        decided = stands.result is not None
        payouts = pnl.split(stands.payout if decided else ZERO, parts, self._base_minor)
        now = stands.expected_payout + stands.revalued
        expected = pnl.split(now, parts, pnl.EXPECTED_DECIMALS)
        for place, (share, segment, payout, hoped) in enumerate(
            zip(shares, segments, payouts, expected, strict=True)
        ):
            if decided:
                whole = (int(share.in_game), share.handle_riding, payout, share.expected_payout)
                amounts: tuple[Decimal | int, ...] = (*whole, ZERO)
            else:
                amounts = (0, ZERO, ZERO, ZERO, hoped - share.expected_payout)
            add(self._games, (share.game_id,), amounts)
            add(self.seconds, (share.game_id, stands.second), amounts)
            counted = int(decided and place == 0)
            self._segments.settle(segment, (counted, *amounts[1:]))

    def tables(self) -> dict[str, Rows]:
        """What must stand in the tables of tickets, by table and key."""
        return {
            "ticket_leg": self._legs,
            "ticket_settled": self._tickets,
            "game_ticket_settled": rows(self._games, 1),
            "selection_ticket": rows(self._selections, 1),
            "selection_ticket_gone": rows(self._gone, 1),
        }
