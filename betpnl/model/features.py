"""From markets' odds to the model's input: one NumPy function for training and serving.

Every column is the log of the margin-free price times something known of the market when the bet
was accepted. The model's scores are made to add up to 1 within a market, so one whose only weight
is 1, on the first column, is the market itself, and no other changes the order of the prices as
long as what it multiplies them by is positive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from betpnl.model.margin import METHODS, Floats, Integers, sizes_of
from betpnl.model.recipe import Recipe

SHARED_COLUMNS = (
    "price",  # log of the margin-free price
    "price_in_play",  # the same where the game was under way, else 0
    "price_progress",  # times the fraction of the game played, 0 to 1 (0 before the game)
    "price_margin",  # times log(overround)
    "price_outcomes",  # times log(selections / 2)
    "price_total",  # in a market of over and under
)
"""Columns of every model; each sport adds price_<sport> and price_<sport>_in_play."""

SELECTIONS_MIN, SELECTIONS_MAX = 2, 64
OVERROUND_MIN, OVERROUND_MAX = 0.5, 1.9
"""Beyond the second more than one selection wins, as of a double chance or of places: then the
prices add up to the number of winners, which they do not tell."""
MARGIN_MAX = 1.25
"""Overrounds count as at least 1 and at most this, the widest that the model was trained on:
past it the weight of the margin would only be guessed at."""
PROBABILITY_MIN = 1e-6
"""Probabilities are kept this far from 0 and 1, here and in what the model returns."""
_HALF = 0.5
UNKNOWN_PROGRESS = 0.5
"""How far a game in play has come, where that is not known."""
_TOTALS = frozenset(("over", "under"))


def is_total(selections: Iterable[str]) -> bool:
    """Whether these selections of a market are over and under."""
    return _TOTALS.issuperset(selections)


def columns(recipe: Recipe) -> tuple[str, ...]:
    """The names of the model's inputs, in order."""
    of_sports = [f"price_{sport}{phase}" for sport in recipe.sports for phase in ("", "_in_play")]
    return (*SHARED_COLUMNS, *of_sports)


@dataclass(frozen=True)
class Markets:
    """Markets of one batch. odds: decimal, [n], a market's selections side by side; the others [m].

    starts: first row of each market. sport: its place in the recipe's sports, -1 for another.
    minute: of play, NaN if not known (half of the game is assumed). is_total: over and under.
    """

    odds: Floats
    starts: Integers
    sport: Integers
    in_play: NDArray[np.bool_]
    minute: Floats
    is_total: NDArray[np.bool_]

    @cached_property
    def sizes(self) -> Integers:
        """Selections of each market [m]."""
        return sizes_of(self.starts, len(self.odds))

    @cached_property
    def overround(self) -> Floats:
        """Sum of 1/odds of each market [m]."""
        total: Floats = np.add.reduceat(1.0 / self.odds, self.starts)
        return total

    def spread(self, by_market: NDArray[Any]) -> NDArray[Any]:
        """A value of each market [m] on each of its rows [n]."""
        return np.repeat(by_market, self.sizes)


def usable_market(selection: str, market_odds: Mapping[str, Any] | None) -> list[float] | None:
    """The prices of a market as floats, its order kept; None if the model can't use it.

    Usable: the selection is in it, 2 to 64 selections, every price a finite number above 1,
    overround 0.5 to 1.9. Prices may be float, int or Decimal. Never raises on a price.
    """
    if not market_odds or selection not in market_odds:
        return None
    if not SELECTIONS_MIN <= len(market_odds) <= SELECTIONS_MAX:
        return None
    try:
        prices = [float(price) for price in market_odds.values()]
    except (TypeError, ValueError, OverflowError):
        return None
    if not all(1.0 < odds < float("inf") for odds in prices):
        return None
    overround = sum(1.0 / odds for odds in prices)
    return prices if OVERROUND_MIN <= overround <= OVERROUND_MAX else None


def usable_markets(odds: Floats, starts: Integers) -> NDArray[np.bool_]:
    """Which markets [m] the model can use, by the rules of `usable_market`.

    odds [n]: any numbers; starts: first row of each market, all of them with a row at least.
    """
    sizes = sizes_of(starts, len(odds))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        overround = np.add.reduceat(1.0 / odds, starts)
        usable: NDArray[np.bool_] = (
            (np.minimum.reduceat(odds, starts) > 1.0)
            & (np.maximum.reduceat(odds, starts) < np.inf)
            & (sizes >= SELECTIONS_MIN)
            & (sizes <= SELECTIONS_MAX)
            & (overround >= OVERROUND_MIN)
            & (overround <= OVERROUND_MAX)
        )
    return usable


def margin_free(recipe: Recipe, markets: Markets) -> Floats:
    """What the market itself says of each selection [n], by the recipe's method."""
    if not len(markets.odds):
        return np.empty(0)
    free = METHODS[recipe.method](markets.odds, markets.starts)
    return np.clip(free, PROBABILITY_MIN, 1.0 - PROBABILITY_MIN)


def feature_matrix(recipe: Recipe, markets: Markets, free: Floats) -> NDArray[np.float32]:
    """The model's input [n, len(columns)]. free [n]: of `margin_free`. Markets must be usable."""
    sports = len(recipe.sports)
    length = np.array([*recipe.sports.values(), np.nan])
    known = (markets.sport >= 0) & (markets.sport < sports)
    sport = np.where(known, markets.sport, sports)
    with np.errstate(invalid="ignore", divide="ignore"):
        progress = np.nan_to_num(markets.minute / length[sport], nan=UNKNOWN_PROGRESS)
    progress = np.where(markets.in_play, np.clip(progress, 0.0, 1.0), 0.0)

    times = np.zeros((len(markets.starts), len(SHARED_COLUMNS) + 2 * sports))
    times[:, 0] = 1.0
    if len(markets.starts):
        times[:, 1] = markets.in_play
        times[:, 2] = progress
        times[:, 3] = np.log(np.clip(markets.overround, 1.0, MARGIN_MAX))
        times[:, 4] = np.log(markets.sizes / 2.0)
        times[:, 5] = markets.is_total
        rows = np.flatnonzero(known)
        column = len(SHARED_COLUMNS) + 2 * sport[rows]
        times[rows, column] = 1.0
        times[rows, column + 1] = markets.in_play[rows]
    matrix: NDArray[np.float64] = np.repeat(times, markets.sizes, axis=0) * np.log(free)[:, None]
    return matrix.astype(np.float32)


def within_market(scores: Floats, markets: Markets) -> Floats:
    """Scores [n], none below 0, made to add up to 1 in each market.

    All of a market is NaN where one of its scores is no number, or none is above 0.
    """
    if not len(scores):
        return np.empty(0)
    total = np.add.reduceat(scores, markets.starts)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares: Floats = scores / markets.spread(np.where(total > 0, total, np.nan))
    return shares


def fallback_probability(odds: float, overround: float | None) -> float:
    """What stands in for the model: the margin-free price, or 1/odds without a market.

    Always a number within (0, 1): odds that are none give a half, so that no NaN can reach the
    money.
    """
    if not 0.0 < odds < float("inf"):
        return _HALF
    price = 1.0 / odds
    if overround is not None and price < overround:
        price /= overround
    return min(max(price, PROBABILITY_MIN), 1.0 - PROBABILITY_MIN)
