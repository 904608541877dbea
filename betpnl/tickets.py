"""A ticket of several legs as one text: what its settlement needs, wherever a result meets it.

``header GROUP leg ROW leg ...``; the fields of the header and of a leg stand in the order of
Ticket and TicketLeg. sql/30_ticket_leg.sql splits the same text.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from betpnl.packing import FIELD, GROUP, ROW, number, pack
from betpnl.pnl import Money, Stake


@dataclass(frozen=True, slots=True)
class TicketLeg:
    """One leg. first_in_game, first_in_sport: whether the ticket is counted at this leg."""

    game_id: str
    market: str
    line: str
    selection: str
    odds: Decimal
    sport: str
    first_in_game: bool
    first_in_sport: bool


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that counts. probability, payout_win: of all legs winning, as stored."""

    stake: Stake
    money: Money
    probability: Decimal
    payout_win: Decimal
    legs: tuple[TicketLeg, ...]

    def packed(self) -> str:
        """The ticket as text."""
        stake, money = self.stake, self.money
        header = pack(
            (
                number(stake.stake),
                _flag(stake.free),
                number(stake.cashed_fraction),
                number(stake.cash_out_paid),
                _flag(stake.counts),
                str(money.minor),
                str(money.base_minor),
                number(money.fx_rate),
                number(self.probability),
                number(self.payout_win),
            )
        )
        return header + GROUP + pack(map(_packed_leg, self.legs), ROW)


def _flag(value: bool) -> str:
    return "1" if value else "0"


def _packed_leg(leg: TicketLeg) -> str:
    return pack(
        (
            leg.game_id,
            leg.market,
            leg.line,
            leg.selection,
            number(leg.odds),
            leg.sport,
            _flag(leg.first_in_game),
            _flag(leg.first_in_sport),
        )
    )


def unpack(text: str) -> Ticket:
    """The ticket that ``Ticket.packed`` made a text of. Raises ValueError on another text."""
    header, _, legs = text.partition(GROUP)
    (stake, free, fraction, paid, counts, minor, base_minor, fx_rate, probability, payout) = (
        header.split(FIELD)
    )
    return Ticket(
        Stake(Decimal(stake), free == "1", Decimal(fraction), Decimal(paid), counts == "1"),
        Money(int(minor), int(base_minor), Decimal(fx_rate)),
        Decimal(probability),
        Decimal(payout),
        tuple(map(_unpacked_leg, legs.split(ROW))),
    )


def _unpacked_leg(text: str) -> TicketLeg:
    game_id, market, line, selection, odds, sport, in_game, in_sport = text.split(FIELD)
    return TicketLeg(
        game_id, market, line, selection, Decimal(odds), sport, in_game == "1", in_sport == "1"
    )
