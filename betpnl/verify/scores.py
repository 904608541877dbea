"""Whether a stored score can be one: its range, and its margin worked out again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from betpnl import pnl, ticket_pnl
from betpnl.contract.records import Bet, Leg
from betpnl.ticket_making import is_single
from betpnl.verify.valuation import ONE, ZERO, Score, ticket_for

TOLERANCE = Decimal("0.00000001")
"""How far probabilities and margins may be off: one unit of how they are stored."""

# What makes a market's odds usable: docs/model.md.
_SELECTIONS_MIN, _SELECTIONS_MAX = 2, 64
_OVERROUND_MIN, OVERROUND_MAX = Decimal("0.5"), Decimal("1.9")


def leg_margin(leg: Leg) -> Decimal:
    """1 - 1/overround to 8 decimals; 0 where the market's odds cannot be used."""
    if leg.market_odds is None or leg.selection not in leg.market_odds:
        return ZERO
    return _market_margin(tuple(leg.market_odds.values()))


@lru_cache(maxsize=100_000)
def _market_margin(odds: tuple[float, ...]) -> Decimal:
    if not _SELECTIONS_MIN <= len(odds) <= _SELECTIONS_MAX:
        return ZERO
    if not all(1 < price < math.inf for price in odds):
        return ZERO
    overround = sum((1 / Decimal(price) for price in odds), ZERO)
    if not _OVERROUND_MIN <= overround <= OVERROUND_MAX:
        return ZERO
    return pnl.round_half_up(ONE - 1 / overround, pnl.PROBABILITY_DECIMALS)


def margin(bet: Bet) -> Decimal:
    """The book's margin on a bet: a leg's, or what all legs' markets together keep."""
    if is_single(bet):
        return leg_margin(bet.legs[0])
    return pnl.ticket_margin(map(leg_margin, bet.legs))


def faults(bet: Bet, score: Score) -> Iterator[tuple[str, str, str]]:
    """(column, what it must be, what it is) for each part of a score that cannot stand."""
    if not ZERO <= score.p_win <= ONE:
        yield "p_win", "between 0 and 1", str(score.p_win)
    if not is_single(bet):
        yield from _ticket_faults(bet, score)
    if not score.model_version:
        yield "model_version", "a name", "''"
    expected = margin(bet)
    if abs(expected - score.margin) > TOLERANCE * len(bet.legs):
        yield "margin", str(expected), str(score.margin)


def _ticket_faults(bet: Bet, score: Score) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a ticket's probability beside those of its legs."""
    if any(not ZERO <= probability <= ONE for probability, _ in score.legs):
        yield "p_win", "legs between 0 and 1", ", ".join(str(each) for each, _ in score.legs)
    elif score.legs:
        share = ticket_pnl.share(ticket_for(bet, score, 0), {})
        if share != score.p_win:
            yield "p_win", str(share), str(score.p_win)
