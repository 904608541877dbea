"""A ticket as one text: what its settlement needs, wherever a result meets it.

A ticket is every bet but a plain single: legs, and parts that say which combinations of them
the stake is on. ``header GROUP leg ROW leg ... GROUP part ROW part ...``; fields stand in the
order of Ticket, TicketLeg and Part. sql/30_split_ticket.sql splits the same text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from betpnl.packing import FIELD, GROUP, ROW, number, pack
from betpnl.pnl import Money, Stake, StakeKind

_PLACES = ","


@dataclass(frozen=True, slots=True)
class TicketLeg:
    """One leg, or of an each-way bet the win or place part of one.

    probability: of winning, as stored, 8 decimals. predicted: whether it is predicted to win.
    first_in_game, first_in_sport: whether the ticket is counted at this leg.
    """

    game_id: str
    market: str
    line: str
    selection: str
    odds: Decimal
    sport: str
    first_in_game: bool
    first_in_sport: bool
    probability: Decimal
    predicted: bool
    competition: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """What a bet builder was sold at: the odds and the probability of all legs together."""

    odds: Decimal
    probability: Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that share one stake equally: each choice of ``sizes`` legs, with all bankers.

    legs, bankers: places in the ticket's legs, from 0; a banker is none of the legs. whole: its
    legs are settled as one, for these odds.
    """

    legs: tuple[int, ...]
    sizes: tuple[int, ...]
    bankers: tuple[int, ...] = ()
    whole: Whole | None = None

    @property
    def is_accumulator(self) -> bool:
        """Whether it is one line of all its legs, each for its own odds."""
        return self.whole is None and not self.bankers and self.sizes == (len(self.legs),)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket. The parts share the stake equally.

    probability: 8 decimals, as stored: what it pays on average, as a share of payout_win.
    payout_win: if every leg wins, in the base currency. labels: channel, region, currency.
    """

    stake: Stake
    money: Money
    probability: Decimal
    payout_win: Decimal
    legs: tuple[TicketLeg, ...]
    parts: tuple[Part, ...]
    labels: tuple[str, str, str] = ("", "", "")

    @property
    def is_accumulator(self) -> bool:
        """Whether it is one accumulator and nothing else."""
        return len(self.parts) == 1 and self.parts[0].is_accumulator

    def packed(self) -> str:
        """The ticket as text."""
        stake, money = self.stake, self.money
        header = pack(
            (
                number(stake.stake),
                stake.kind,
                number(stake.cashed_fraction),
                number(stake.cash_out_paid),
                _flag(stake.counts),
                str(money.minor),
                str(money.base_minor),
                number(money.fx_rate),
                number(self.probability),
                number(self.payout_win),
                *self.labels,
            )
        )
        legs, parts = (
            pack(map(_packed_leg, self.legs), ROW),
            pack(map(_packed_part, self.parts), ROW),
        )
        return pack((header, legs, parts), GROUP)


# An update takes back what it was, so each ticket comes twice in a row.
@lru_cache(maxsize=2048)
def unpack(text: str) -> Ticket:
    """The ticket that ``Ticket.packed`` made a text of. Raises ValueError on another text."""
    header, legs, parts = text.split(GROUP)
    (
        stake,
        kind,
        fraction,
        paid,
        counts,
        minor,
        base_minor,
        fx_rate,
        probability,
        payout,
        *labels,
    ) = header.split(FIELD)
    channel, region, currency = labels
    return Ticket(
        Stake(Decimal(stake), StakeKind(kind), Decimal(fraction), Decimal(paid), counts == "1"),
        Money(int(minor), int(base_minor), Decimal(fx_rate)),
        Decimal(probability),
        Decimal(payout),
        tuple(map(_unpacked_leg, legs.split(ROW))),
        tuple(map(_unpacked_part, parts.split(ROW))),
        (channel, region, currency),
    )


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
            number(leg.probability),
            _flag(leg.predicted),
            leg.competition,
        )
    )


def _unpacked_leg(text: str) -> TicketLeg:
    fields = text.split(FIELD)
    game_id, market, line, selection, odds, sport, in_game, in_sport = fields[:8]
    probability, predicted, competition = fields[8:]
    return TicketLeg(
        game_id,
        market,
        line,
        selection,
        Decimal(odds),
        sport,
        in_game == "1",
        in_sport == "1",
        Decimal(probability),
        predicted == "1",
        competition,
    )


def _packed_part(part: Part) -> str:
    whole = part.whole
    return pack(
        (
            _packed_places(part.legs),
            _packed_places(part.sizes),
            _packed_places(part.bankers),
            "" if whole is None else number(whole.odds),
            "" if whole is None else number(whole.probability),
        )
    )


def _unpacked_part(text: str) -> Part:
    legs, sizes, bankers, odds, probability = text.split(FIELD)
    return Part(
        _unpacked_places(legs),
        _unpacked_places(sizes),
        _unpacked_places(bankers),
        Whole(Decimal(odds), Decimal(probability)) if odds else None,
    )


def _packed_places(places: Iterable[int]) -> str:
    return pack(map(str, places), _PLACES)


def _unpacked_places(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(_PLACES))) if text else ()
