"""From a bet that is no plain single, and the model's word on its legs, to its ticket."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from betpnl import pnl, ticket_pnl
from betpnl.contract.records import Bet, Leg
from betpnl.tickets import Part, Ticket, TicketLeg, Whole

_EVEN = Decimal("0.5")
_PROBABILITY_MIN = Decimal("0.000001")
_PROBABILITY_MAX = 1 - _PROBABILITY_MIN


class LegChance(NamedTuple):
    """What is known of a leg. probability: 8 decimals. predicted: to win. margin: 8 decimals."""

    probability: Decimal
    predicted: bool
    margin: Decimal


def is_single(bet: Bet) -> bool:
    """Whether it is one leg at its own odds: everything else is a ticket."""
    return bet.bet_type == "single"


def ticket_of(
    bet: Bet,
    stake: pnl.Stake,
    money: pnl.Money,
    chances: Sequence[LegChance],
    joint: Decimal | None = None,
) -> Ticket:
    """The ticket of a bet; ``chances`` are of the bet's legs, in order.

    joint: the probability, 8 decimals, that all legs of a bet builder win, if it is known.
    """
    legs: Sequence[Leg]
    known: Sequence[LegChance]
    parts: tuple[Part, ...]
    match bet.bet_type:
        case "each_way":
            legs, known, parts = _each_way(bet, chances)
        case "bet_builder":
            whole = _whole(bet, chances, joint)
            legs, parts = bet.legs, (Part(_all(bet.legs), (len(bet.legs),), whole=whole),)
            # Its legs are won together or not at all.
            known = [each._replace(predicted=whole.probability >= _EVEN) for each in chances]
        case "system":
            legs, known, parts = bet.legs, chances, (_system(bet),)
        case _:
            legs, known, parts = bet.legs, chances, (Part(_all(bet.legs), (len(bet.legs),)),)
    labels = bet.channel, bet.region, bet.currency
    made = tuple(_ticket_legs(legs, known))
    return valued(Ticket(stake, money, pnl.ZERO, pnl.ZERO, made, parts, labels))


def valued(ticket: Ticket) -> Ticket:
    """A ticket with what it pays if every leg wins, and how likely that is."""
    nothing: ticket_pnl.Results = {}
    return replace(
        ticket,
        probability=ticket_pnl.share(ticket, nothing),
        payout_win=ticket_pnl.payout_if(ticket, nothing, ticket_pnl.WON),
    )


def place_odds(odds: Decimal, fraction: Decimal) -> Decimal:
    """What a unit on the place part comes back as: 1 + (odds - 1) x fraction, exact."""
    return pnl.ONE + pnl.multiply(odds - pnl.ONE, fraction)


def ticket_margin(chances: Iterable[LegChance]) -> Decimal:
    """What the markets of a bet's legs keep together, 8 decimals."""
    return pnl.ticket_margin(chance.margin for chance in chances)


def _all(legs: Sequence[Leg]) -> tuple[int, ...]:
    return tuple(range(len(legs)))


def _system(bet: Bet) -> Part:
    assert bet.system is not None
    bankers = tuple(leg - 1 for leg in bet.system.bankers)
    legs = tuple(place for place in range(len(bet.legs)) if place not in bankers)
    return Part(legs, tuple(bet.system.sizes), bankers)


def _whole(bet: Bet, chances: Sequence[LegChance], joint: Decimal | None) -> Whole:
    """A builder's legs depend on each other: where that is not known, its own price has to do."""
    assert bet.odds is not None
    if joint is None:
        joint = _priced(bet.odds, ticket_margin(chances))
    return Whole(bet.odds, joint)


def _priced(odds: Decimal, margin: Decimal) -> Decimal:
    """The probability that a price stands for, its market's margin taken out, 8 decimals."""
    fair = pnl.EXACT.divide(pnl.ONE - margin, odds)
    return pnl.round_half_up(
        min(_PROBABILITY_MAX, max(_PROBABILITY_MIN, fair)), pnl.PROBABILITY_DECIMALS
    )


def _each_way(
    bet: Bet, chances: Sequence[LegChance]
) -> tuple[Sequence[Leg], Sequence[LegChance], tuple[Part, ...]]:
    """Two bets of half the stake: all legs to win, and all to be placed."""
    assert bet.each_way is not None
    places = []
    for leg, chance in zip(bet.legs, chances, strict=True):
        odds = place_odds(leg.odds, bet.each_way.fraction)
        # Who wins is placed.
        probability = max(chance.probability, _priced(odds, chance.margin))
        place = Leg(
            leg=leg.leg,
            game_id=leg.game_id,
            sport=leg.sport,
            market=bet.each_way.market,
            line=leg.line,
            selection=leg.selection,
            odds=odds,
            competition=leg.competition,
        )
        places.append((place, LegChance(probability, probability >= _EVEN, chance.margin)))
    count = len(bet.legs)
    legs = [*bet.legs, *(leg for leg, _ in places)]
    known = [*chances, *(chance for _, chance in places)]
    win, place_part = tuple(range(count)), tuple(range(count, 2 * count))
    return legs, known, (Part(win, (count,)), Part(place_part, (count,)))


def _ticket_legs(legs: Sequence[Leg], chances: Sequence[LegChance]) -> Iterable[TicketLeg]:
    games: set[str] = set()
    sports: set[str] = set()
    for leg, chance in zip(legs, chances, strict=True):
        yield TicketLeg(
            leg.game_id,
            leg.market,
            leg.line,
            leg.selection,
            leg.odds,
            leg.sport,
            leg.game_id not in games,
            leg.sport not in sports,
            chance.probability,
            chance.predicted,
            leg.competition,
        )
        games.add(leg.game_id)
        sports.add(leg.sport)
