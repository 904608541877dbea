"""What a ticket pays, and what it may still be expected to, while its legs are settled.

A leg is a ``_Leg``: what a unit on it comes back as if it wins, and how likely that is; one that
has its result is certain. Legs count as independent of each other. The formulas are those of
docs/money.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

from betpnl import combinations, pnl
from betpnl.pnl import LegResult, Outcome, StakeKind
from betpnl.tickets import Part, Ticket, TicketLeg, Whole

Results = Mapping[int, LegResult]
"""How legs ended, by their places in the ticket, from 0; an open leg is not in it."""

WON = LegResult(Outcome.WIN)
LOST = LegResult(Outcome.LOSE)
_NOTHING = Fraction(0)


class _Leg(NamedTuple):
    """returns: of one unit, if it wins. probability: of that. void: share handed back unplayed.

    Decimals, which are fast, unless a dead heat asks for thirds: then Fractions.
    """

    returns: Any
    probability: Any
    void: Any


class Prospect(NamedTuple):
    """What is in a ticket that is not decided yet, in the base currency.

    payout: if every open leg wins. expected_payout: on average, 4 decimals.
    """

    payout: Decimal
    expected_payout: Decimal


def units(ticket: Ticket) -> int:
    """How many lines the ticket has."""
    return sum(_lines(part) for part in ticket.parts)


def total_odds(ticket: Ticket) -> Decimal:
    """What a unit of the whole stake comes back as if every leg wins, to 4 decimals."""
    if ticket.is_accumulator:
        return pnl.round_half_up(pnl.multiply(*(leg.odds for leg in ticket.legs)), 4)
    won = dict.fromkeys(range(len(ticket.legs)), WON)
    shares = (_mean(StakeKind.CASH, ticket, part, won) for part in ticket.parts)
    return pnl.round_fraction(sum(shares, _NOTHING) / len(ticket.parts), 4)


def payout(ticket: Ticket, results: Results) -> Decimal:
    """What a ticket pays back once every leg has its result, in the base currency.

    Rounded once a part. A part whose legs were all handed back gives back exactly its share of
    the handle that rides.
    """
    stake, money = ticket.stake, ticket.money
    if not stake.counts:
        return pnl.ZERO
    if ticket.is_accumulator:
        odds = [leg.odds for leg in ticket.legs]
        return pnl.ticket_payout(stake, money, odds, [results[leg] for leg in range(len(odds))])
    riding = Fraction(stake.riding) / len(ticket.parts)
    handed_back = pnl.split(
        pnl.placed(stake, money).handle_riding, len(ticket.parts), money.base_minor
    )
    paid = pnl.ZERO
    for part, back in zip(ticket.parts, handed_back, strict=True):
        if all(results[leg].outcome in pnl.HANDED_BACK for leg in (*part.legs, *part.bankers)):
            paid += back
        else:
            mean = _mean(stake.kind, ticket, part, results)
            paid += money.paid_exactly(riding * mean)
    return paid


def payout_if(ticket: Ticket, results: Results, otherwise: LegResult) -> Decimal:
    """What it pays if every leg that is open ends like this."""
    is_open = len(results) < len(ticket.legs)
    ends = (*results.values(), otherwise) if is_open else tuple(results.values())
    # What most tickets come to needs no reckoning.
    if ticket.payout_win and all(end == WON for end in ends):
        return ticket.payout_win
    if ticket.is_accumulator and any(end.outcome is Outcome.LOSE for end in ends):
        return pnl.ZERO
    return payout(ticket, {leg: results.get(leg, otherwise) for leg in range(len(ticket.legs))})


def predicted_payout(ticket: Ticket) -> Decimal:
    """What it pays if the legs that are predicted to win do, and no other."""
    if all(leg.predicted for leg in ticket.legs):
        return ticket.payout_win
    return payout(
        ticket, {at: WON if leg.predicted else LOST for at, leg in enumerate(ticket.legs)}
    )


def share(ticket: Ticket, results: Results) -> Decimal:
    """What it pays on average as a share of what it pays if every open leg wins, 8 decimals.

    Of an accumulator it is the probability that its open legs win. 0 where nothing can be won.
    """
    chance = _accumulator_chance(ticket, results)
    if chance is not None:
        return chance
    kind = ticket.stake.kind
    won = {leg: results.get(leg, WON) for leg in range(len(ticket.legs))}
    mean = highest = _NOTHING
    for part in ticket.parts:
        mean += _mean(kind, ticket, part, results)
        highest += _mean(kind, ticket, part, won)
    if highest == 0:
        return pnl.ZERO
    return pnl.round_fraction(mean / highest, pnl.PROBABILITY_DECIMALS)


def product_payout(ticket: Ticket, expected_payout: Decimal) -> Decimal:
    """What a ticket is expected to pay, if that is a product of its open legs' probabilities.

    So it is of an accumulator; 0 for every other ticket.
    """
    return expected_payout if ticket.is_accumulator else pnl.ZERO


def swing(expected_payout: Decimal, probability: Decimal) -> Decimal:
    """By how much more an accumulator is expected to pay if a leg wins than if it loses.

    expected_payout: of the accumulator. probability: of the leg. 4 decimals.
    """
    if not probability:
        return pnl.ZERO
    exact = pnl.EXACT.divide(expected_payout, probability)
    return pnl.round_half_up(exact, pnl.EXPECTED_DECIMALS)


def _accumulator_chance(ticket: Ticket, results: Results) -> Decimal | None:
    """``share`` of an accumulator with open legs, without a sum: they win, or it pays nothing."""
    is_open = [leg for place, leg in enumerate(ticket.legs) if place not in results]
    if not ticket.is_accumulator or not is_open:
        return None
    if any(result.outcome is Outcome.LOSE for result in results.values()):
        return pnl.ZERO
    if ticket.stake.kind is StakeKind.FREE and results:
        # What half a loss leaves may be less than the stake that is not paid.
        return None
    probability = pnl.multiply(*(leg.probability for leg in is_open))
    return pnl.round_half_up(probability, pnl.PROBABILITY_DECIMALS)


def prospect(ticket: Ticket, results: Results) -> Prospect:
    """What is still in a ticket."""
    highest = payout_if(ticket, results, WON)
    return Prospect(highest, pnl.expected_payout(share(ticket, results), highest))


def is_decided(ticket: Ticket, results: Results) -> bool:
    """Whether no open leg can change what the ticket pays."""
    if len(results) == len(ticket.legs):
        return True
    kind = ticket.stake.kind
    for part in ticket.parts:
        if all(leg in results for leg in (*part.legs, *part.bankers)):
            continue
        if part.is_accumulator:
            if any(results[leg].outcome is Outcome.LOSE for leg in part.legs if leg in results):
                continue
            return False
        won, lost = (
            {leg: results.get(leg, end) for leg in range(len(ticket.legs))} for end in (WON, LOST)
        )
        if _mean(kind, ticket, part, won) != _mean(kind, ticket, part, lost):
            return False
    return True


class _States(NamedTuple):
    """The legs of a part, and its bankers; of one that is sold as a whole, both its halves."""

    legs: Sequence[_Leg]
    bankers: Sequence[_Leg]


def _states(ticket: Ticket, part: Part, results: Results, make: Callable[[Any], Any]) -> _States:
    if part.whole is not None:
        known = [results[leg] for leg in part.legs if leg in results]
        halves = [_half(part.whole, known, len(part.legs), half, make) for half in (0, 1)]
        return _States(halves, ())
    return _States(
        [_state(ticket.legs[leg], results.get(leg), make) for leg in part.legs],
        [_state(ticket.legs[leg], results.get(leg), make) for leg in part.bankers],
    )


def _state(leg: TicketLeg, result: LegResult | None, make: Callable[[Any], Any]) -> _Leg:
    if result is None:
        return _Leg(make(leg.odds), make(leg.probability), make(pnl.ZERO))
    returns = make(pnl.leg_multiplier(leg.odds, result.outcome))
    if _is_tied(result):
        returns *= Fraction(*result.dead_heat)
    return _Leg(returns, make(pnl.ONE), make(pnl.void_share(result.outcome)))


def _is_tied(result: LegResult) -> bool:
    winners, tied = result.dead_heat
    return result.outcome is Outcome.WIN and winners != tied


def _half(
    whole: Whole,
    known: Sequence[LegResult],
    legs: int,
    half: int,
    make: Callable[[Any], Any],
) -> _Leg:
    """One half of the stake on a bet builder: lost by a lost leg, else void by a void one."""
    ends = [_HALVES[result.outcome][half] for result in known]
    one, zero = make(pnl.ONE), make(pnl.ZERO)
    probability = make(whole.probability) if len(known) < legs else one
    if Outcome.LOSE in ends:
        return _Leg(zero, one, zero)
    if Outcome.VOID in ends:
        return _Leg(one, probability, probability)
    returns = make(whole.odds)
    for result in known:
        if _is_tied(result):
            returns *= Fraction(*result.dead_heat)
    return _Leg(returns, probability, zero)


_HALVES = {
    Outcome.WIN: (Outcome.WIN, Outcome.WIN),
    Outcome.LOSE: (Outcome.LOSE, Outcome.LOSE),
    Outcome.HALF_WIN: (Outcome.WIN, Outcome.VOID),
    Outcome.HALF_LOSE: (Outcome.VOID, Outcome.LOSE),
    Outcome.VOID: (Outcome.VOID, Outcome.VOID),
    Outcome.PUSH: (Outcome.VOID, Outcome.VOID),
}


def _lines(part: Part) -> int:
    return 1 if part.whole else combinations.count(part.sizes, len(part.legs))


def _mean(kind: StakeKind, ticket: Ticket, part: Part, results: Results) -> Fraction:
    """What a unit of the part's stake pays on average."""
    make = Fraction if any(map(_is_tied, results.values())) else _as_it_is
    with localcontext(pnl.EXACT):
        states = _states(ticket, part, results, make)
        one = make(pnl.ONE)
        if part.whole is None:
            return Fraction(_total(kind, part.sizes, states, one)) / _lines(part)
        halves = (_total(kind, (1,), _States([half], ()), one) for half in states.legs)
        return sum(map(Fraction, halves), _NOTHING) / 2


def _as_it_is(number: Any) -> Any:
    return number


def _total(kind: StakeKind, sizes: Sequence[int], states: _States, one: Any) -> Any:
    """What a unit on each line pays on average, all lines together."""
    legs, bankers = states
    if kind is StakeKind.FREE and any(0 < leg.returns < 1 for leg in (*legs, *bankers)):
        paid = (_free_line(line, one) for line in combinations.lines(sizes, legs, bankers))
        return sum(paid, one - one)

    def total(value: Callable[[_Leg], Any]) -> Any:
        return combinations.total(sizes, list(map(value, legs)), list(map(value, bankers)), one)

    paid_out = total(lambda leg: leg.returns * leg.probability)
    match kind:
        case StakeKind.CASH:
            return paid_out
        case StakeKind.FREE:
            # Every line that is not lost returns at least its unit, which is not paid.
            return paid_out - total(lambda leg: leg.probability if leg.returns else one - one)
        case StakeKind.BONUS:
            return paid_out - total(lambda leg: leg.void)


def _free_line(line: Sequence[_Leg], one: Any) -> Any:
    returns = prod((leg.returns for leg in line), start=one)
    probability = prod((leg.probability for leg in line), start=one)
    return max(one - one, returns - one) * probability
