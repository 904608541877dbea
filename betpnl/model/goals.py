"""How many goals each side will have scored: a joint distribution of a football game's score.

Each side scores as a Poisson process of its own. What each is expected to score follows from the
prices before the game; what is left of it from the minute and from who leads. Sources: Maher 1982,
"Modelling association football scores" (independent Poisson); Dixon and Robinson 1998, "A birth
process model for association football matches" (rates that depend on the time and the score).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from math import ceil, exp, floor, hypot
from operator import mul
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HALF_TIME_MIN = 45.0
OVER_MIN = 999.0
"""A minute from which on a game has ended: nothing is left of it."""
GOALS_MAX = 15
"""More goals than this of one side, from now on, count as this many."""
_RATE_MIN, _RATE_MAX = 0.02, 8.0
_STEPS = 60
_HALVINGS = 30
_NORMAL = NormalDist()
_TOTAL_MAX = 40
_EXACT = 1e-10


class Rates(NamedTuple):
    """Goals that each side is expected to score."""

    home: float
    away: float


@dataclass(frozen=True)
class Tempo:
    """When goals come. Fitted in training.

    first_half: share of a game's goals that fall before half time. leading, trailing: log of how
    much faster a side scores when it leads, or trails, than when the sides are level. length_min:
    minutes until the end, with the time that is added. left_min: as many are still to come at
    least, as long as the game has not ended: nobody knows when it will.
    """

    first_half: float = 0.45
    leading: float = 0.0
    trailing: float = 0.0
    length_min: float = 95.0
    left_min: float = 2.5

    def remaining(self, minute: float) -> float:
        """The share of a game's goals that is still to come, 0 to 1."""
        if minute < HALF_TIME_MIN:
            return 1.0 - self.first_half * max(0.0, minute) / HALF_TIME_MIN
        if minute >= OVER_MIN:
            return 0.0
        left = max(self.left_min, self.length_min - minute)
        return (1.0 - self.first_half) * left / (self.length_min - HALF_TIME_MIN)

    def rates(self, whole: Rates, minute: float, lead: int) -> Rates:
        """What each side is still expected to score. lead: goals of home less those of away."""
        left = self.remaining(minute)
        ahead, behind = exp(self.leading), exp(self.trailing)
        home = 1.0 if lead == 0 else ahead if lead > 0 else behind
        away = 1.0 if lead == 0 else behind if lead > 0 else ahead
        return Rates(whole.home * left * home, whole.away * left * away)

    def as_dict(self) -> dict[str, float]:
        """For a model's file; `Tempo(**...)` reads it."""
        return asdict(self)


def score_grid(rates: Rates) -> Floats:
    """Probability [GOALS_MAX + 1] * 2 of each number of goals: home down, away across."""
    home, away = np.array(_poisson(rates.home)), np.array(_poisson(rates.away))
    return np.multiply.outer(home, away)


@lru_cache(maxsize=10_000)
def rates_of_result(home: float, draw: float, away: float) -> Rates:
    """The rates under which a match ends so, by Newton's method on their logarithms.

    Arguments: probabilities that add up to 1. Where no rates from 0.02 to 8 give them, the
    search ends near those that come close.
    """
    rates = _as_if_normal(home, draw, away)
    ends = _Ends.of(rates)
    for _ in range(_STEPS):
        off_home, off_away = ends.home - home, ends.away - away
        if max(abs(off_home), abs(off_away)) < _EXACT:
            break
        # Of matches whose difference is one short of it, a goal more makes a win (Skellam).
        a, b = rates.home * ends.draw, -rates.away * ends.home_by_one
        c, d = -rates.home * ends.away_by_one, rates.away * ends.draw
        area = a * d - b * c
        if not area:
            break
        step = (d * off_home - b * off_away) / area, (a * off_away - c * off_home) / area
        for _ in range(_HALVINGS):
            moved = Rates(_moved(rates.home, step[0]), _moved(rates.away, step[1]))
            found = _Ends.of(moved)
            if hypot(found.home - home, found.away - away) < hypot(off_home, off_away):
                break
            step = step[0] / 2.0, step[1] / 2.0
        else:
            break
        rates, ends = moved, found
    return rates


def _as_if_normal(home: float, draw: float, away: float) -> Rates:
    """Where to begin: the rates if the difference were normal, a draw within half a goal of 0."""
    least, most = _EXACT, 1.0 - _EXACT
    up, down = (_NORMAL.inv_cdf(min(max(end, least), most)) for end in (home, away))
    spread = 1.0 / max(-(up + down), _EXACT) if draw > 0 else _RATE_MAX
    ahead, total = 0.5 + up * spread, spread**2
    return Rates(
        *(min(max(rate, 0.05), 6.0) for rate in ((total + ahead) / 2, (total - ahead) / 2))
    )


def _moved(rate: float, step: float) -> float:
    """A rate after a step back of its logarithm, which may not be long."""
    return min(max(rate * exp(-min(max(step, -1.0), 1.0)), _RATE_MIN), _RATE_MAX)


@lru_cache(maxsize=10_000)
def total_of_over(over: float, line: float) -> float:
    """Goals expected of both sides, from the probability that they pass a line, by bisection.

    line: 0 to GOALS_MAX. What is given back where it is met does not count; a quarter line is two
    bets of half the stake, on the lines beside it: so a fair price of it is 1 / over.
    """
    halves = (line - 0.25, line + 0.25) if line % 0.5 else (line, line)
    low, high = 2 * _RATE_MIN, 2 * _RATE_MAX
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        chances = _poisson(middle, _TOTAL_MAX)
        above = sum(sum(chances[floor(half) + 1 :]) for half in halves)
        below = sum(sum(chances[: ceil(half)]) for half in halves)
        low, high = (middle, high) if above / (above + below) < over else (low, middle)
    return (low + high) / 2.0


@lru_cache(maxsize=10_000)
def rates_of_both(home_less_away: float, total: float) -> Rates:
    """Rates that add up to ``total`` and give P(home wins) - P(away wins), by bisection."""
    low, high = 0.001, 0.999
    for _ in range(_STEPS):
        share = (low + high) / 2.0
        ends = _Ends.of(Rates(total * share, total * (1.0 - share)))
        low, high = (share, high) if ends.home - ends.away < home_less_away else (low, share)
    share = (low + high) / 2.0
    return Rates(total * share, total * (1.0 - share))


def pre_match_rates(
    result: Mapping[str, float] | None, over: float | None = None, line: float | None = None
) -> Rates | None:
    """Rates from margin-free probabilities before the game; None if they do not tell.

    result: of home, draw and away. over: that the goals pass ``line``. With the total alone, both
    sides are taken for equal: enough for markets on the total.
    """
    total = None if over is None or line is None else total_of_over(over, line)
    if result is None or set(result) != {"home", "draw", "away"}:
        return None if total is None else Rates(total / 2.0, total / 2.0)
    if total is None:
        return rates_of_result(result["home"], result["draw"], result["away"])
    return rates_of_both(result["home"] - result["away"], total)


class _Ends(NamedTuple):
    """How likely a match is to end so; by_one: with just that many goals more."""

    home: float
    draw: float
    away: float
    home_by_one: float
    away_by_one: float

    @classmethod
    def of(cls, rates: Rates) -> _Ends:
        home, away = _poisson(rates.home), _poisson(rates.away)
        draw = sum(map(mul, home, away))
        home_wins, fewer = 0.0, 0.0
        for mine, theirs in zip(home, away, strict=True):
            home_wins += mine * fewer
            fewer += theirs
        return cls(
            home_wins,
            draw,
            max(0.0, 1.0 - home_wins - draw),
            sum(map(mul, home[1:], away)),
            sum(map(mul, home, away[1:])),
        )


def _poisson(rate: float, most: int = GOALS_MAX) -> list[float]:
    """Probability [most + 1] of each number of goals; the last is of that many or more."""
    chance = exp(-rate)
    chances = [chance]
    for goals in range(1, most):
        chance *= rate / goals
        chances.append(chance)
    chances.append(max(0.0, 1.0 - sum(chances)))
    return chances
