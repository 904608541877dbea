"""Takes the bookmaker's margin out of a market's prices: three ways, many markets at once.

A market is a run of rows, its first row in ``starts``. Sources: power, the prices to one exponent
(Vovk and Zhdanov 2009, "Prediction with expert advice for the Brier game"); Shin, a share of
bets made by insiders (Shin 1993, in the form of Strumbelj 2014, "On determining probability
forecasts from betting odds", equation 5).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Method = Literal["proportional", "power", "shin"]

_NEWTON_STEPS = 30
_BISECTIONS = 45
_EXACT = 1e-13


def proportional(odds: Floats, starts: Integers) -> Floats:
    """1/odds over their sum [n]. odds [n]: decimal, above 1. starts: first row of each market."""
    price = 1.0 / odds
    free: Floats = price / _spread(np.add.reduceat(price, starts), starts, len(odds))
    return free


def power(odds: Floats, starts: Integers) -> Floats:
    """(1/odds)**k [n], with the k of each market that makes them add up to 1.

    A long shot loses more than its share of the margin. Arguments as for `proportional`.
    """
    logs = -np.log(odds)
    sizes = sizes_of(starts, len(odds))
    total = np.add.reduceat(1.0 / odds, starts)
    # The sum falls and is convex in k: Newton from its left end never steps over the root.
    exponent = np.where(total >= 1.0, 1.0, 0.0)
    for _ in range(_NEWTON_STEPS):
        powers = np.exp(np.repeat(exponent, sizes) * logs)
        excess = np.add.reduceat(powers, starts) - 1.0
        step = excess / np.add.reduceat(powers * logs, starts)
        exponent = exponent - step
        if np.abs(excess).max(initial=0.0) < _EXACT:
            break
    return _normalised(np.exp(np.repeat(exponent, sizes) * logs), starts)


def shin(odds: Floats, starts: Integers) -> Floats:
    """Shin's probabilities [n]; `proportional` where the prices hold no margin.

    Arguments as for `proportional`.
    """
    price = 1.0 / odds
    total = np.add.reduceat(price, starts)
    squares = price**2 / _spread(total, starts, len(odds))

    def at(insiders: Floats) -> Floats:
        share = _spread(insiders, starts, len(odds))
        found: Floats = (np.sqrt(share**2 + 4.0 * (1.0 - share) * squares) - share) / (
            2.0 * (1.0 - share)
        )
        return found

    low, high = np.zeros(len(starts)), np.ones(len(starts)) - 1e-9
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2.0
        too_much = np.add.reduceat(at(middle), starts) > 1.0
        low, high = np.where(too_much, middle, low), np.where(too_much, high, middle)
    has_margin = np.repeat(total > 1.0, sizes_of(starts, len(odds)))
    return np.where(has_margin, _normalised(at(low), starts), proportional(odds, starts))


METHODS: dict[Method, Callable[[Floats, Integers], Floats]] = {
    "proportional": proportional,
    "power": power,
    "shin": shin,
}


def sizes_of(starts: Integers, count: int) -> Integers:
    """Selections of each market [m], of ``count`` in all."""
    # np.diff costs three times as much, and batches are small.
    sizes = np.empty(len(starts), np.int64)
    sizes[:-1] = starts[1:]
    sizes[-1:] = count
    sizes -= starts
    return sizes


def _spread(by_market: Floats, starts: Integers, count: int) -> Floats:
    return np.repeat(by_market, sizes_of(starts, count))


def _normalised(values: Floats, starts: Integers) -> Floats:
    """What is left of the solver's error goes to all selections alike."""
    free: Floats = values / _spread(np.add.reduceat(values, starts), starts, len(values))
    return free
