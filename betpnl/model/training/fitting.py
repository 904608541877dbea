"""A conditional logit that starts from the market and leaves it only as far as data carries.

Source: McFadden 1974, "Conditional logit analysis of qualitative choice behavior": the probability
of a selection is its exponential score's share of its market's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from betpnl.model.features import (
    MARGIN_MAX,
    PROBABILITY_MIN,
    SELECTIONS_MAX,
    SELECTIONS_MIN,
    SHARED_COLUMNS,
    UNKNOWN_PROGRESS,
    Markets,
    feature_matrix,
    margin_free,
    within_market,
)
from betpnl.model.margin import METHODS, Floats, Integers, Method
from betpnl.model.recipe import Recipe
from betpnl.model.training.samples import Samples, split_by_time
from betpnl.model.training.scores import log_loss

WEIGHT_DECIMALS = 6
"""Weights are rounded here, so that the last bits of a BLAS don't change the model."""
_STEPS = 50
_WINDOWS = (1 / 5, 1 / 4, 1 / 3)  # a fifth of the whole each time


class Penalty(NamedTuple):
    """On leaving the market: by the columns that all sports share, and by a sport's own."""

    shared: float
    sport: float

    def by_column(self, count: int) -> Floats:
        """One for each column of the model's input."""
        shared = len(SHARED_COLUMNS)
        return np.array([self.shared] * shared + [self.sport] * (count - shared))


PENALTIES = tuple(
    Penalty(shared, sport)
    for shared in (1e2, 1e3, 1e4, 1e5, 1e6)
    for sport in (1e3, 1e4, 1e5, 1e6)
    if sport >= shared
)
"""What is tried: a sport is to say at least as much as all of them before it is heard."""


class Choice(NamedTuple):
    """A way to make the model, and its log-loss on games that followed those of its training."""

    method: Method
    penalty: Penalty
    loss: float


class Search(NamedTuple):
    """What was tried, what was taken, and the standard error of the least loss."""

    chosen: Choice
    tried: list[Choice]
    standard_error: float


def features_of(samples: Samples, recipe: Recipe) -> NDArray[np.float32]:
    """The model's input [n, k], by the functions that serve."""
    markets = samples.markets()
    return feature_matrix(recipe, markets, margin_free(recipe, markets))


def market_weights(count: int) -> Floats:
    """The weights [count] that return the margin-free price unchanged."""
    weights = np.zeros(count)
    weights[0] = 1.0
    return weights


def fit(
    features: NDArray[np.float32], target: Floats, starts: Integers, penalty: Penalty
) -> Floats:
    """Weights [k] of the penalised maximum likelihood, by Newton's method.

    target [n] adds up to 1 in each market; starts: first row of each. penalty: on the squared
    distance from `market_weights`, each column by its mean square, so that a column of small
    numbers is as free to move as another; > 0; the larger, the nearer.
    """
    inputs = features.astype(np.float64)
    scale = np.sqrt((inputs**2).mean(axis=0))
    ridge = penalty.by_column(len(scale)) * np.where(scale > 0, scale, 1.0) ** 2
    weights = market = market_weights(inputs.shape[1])
    sizes = np.diff(starts, append=len(inputs))
    for _ in range(_STEPS):
        probability = _shares(inputs @ weights, starts)
        mean = np.add.reduceat(probability[:, None] * inputs, starts)
        around = inputs - np.repeat(mean, sizes, axis=0)
        slope = inputs.T @ (probability - target) + ridge * (weights - market)
        curve = (around * probability[:, None]).T @ around + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-10:
            break
    rounded: Floats = np.round(weights, WEIGHT_DECIMALS)
    return rounded


def predict(samples: Samples, recipe: Recipe, weights: Floats) -> Floats:
    """Probabilities [n], as serving gives them."""
    return _probabilities(features_of(samples, recipe), weights, samples.markets())


def _probabilities(features: NDArray[np.float32], weights: Floats, markets: Markets) -> Floats:
    share = within_market(np.exp(features.astype(np.float64) @ weights), markets)
    return np.clip(share, PROBABILITY_MIN, 1.0 - PROBABILITY_MIN)


def choose(train: Samples, recipe: Recipe, step: Callable[[], None] = lambda: None) -> Search:
    """How the model is to be made, and all that was tried.

    Training games only, three times: fitted up to a day, judged on the fifth of the games that
    follows, as the model will be used. Of what is within one standard error of the least loss, the
    nearest to the market is taken, by the sports' own penalty, then the shared one, then the loss
    (the rule of Breiman et al. 1984, "Classification and regression trees", 3.4.3, with games
    drawn whole): what a few thousand games say of each sport does not last. step: called after
    each of them.
    """
    tried: list[Choice] = []
    losses: list[Floats] = []
    parts = list(windows(train))
    games = np.concatenate([later.spread(later.game) for _, later in parts])
    for method in METHODS:
        by_window = [list(_losses(replace(recipe, method=method), *part)) for part in parts]
        for penalty, *found in zip(PENALTIES, *by_window, strict=True):
            together = np.concatenate(found)
            losses.append(together)
            tried.append(Choice(method, penalty, float(together.mean())))
            step()
    best = min(range(len(tried)), key=lambda place: tried[place].loss)
    error = _standard_error(games, losses[best])
    near = [choice for choice in tried if choice.loss <= tried[best].loss + error]
    chosen = max(near, key=lambda each: (each.penalty.sport, each.penalty.shared, -each.loss))
    return Search(chosen, tried, error)


def _losses(recipe: Recipe, earlier: Samples, later: Samples) -> Iterator[Floats]:
    """By penalty: log-loss [n] on the later games of what was fitted on the earlier."""
    starts, features = earlier.markets().starts, features_of(earlier, recipe)
    judged, markets = features_of(later, recipe), later.markets()
    for penalty in PENALTIES:
        weights = fit(features, earlier.target, starts, penalty)
        yield log_loss(_probabilities(judged, weights, markets), later.target)


def _standard_error(games: Integers, values: Floats) -> float:
    """Of the mean of values [n], when whole games are drawn."""
    _, index = np.unique(games, return_inverse=True)
    by_game = np.bincount(index, weights=values - values.mean())
    return float(np.sqrt((by_game**2).sum()) / len(values))


def windows(train: Samples) -> Iterator[tuple[Samples, Samples]]:
    """Three times the games up to a day, and those that follow; empty where days are too few."""
    rest = train
    for held_out in _WINDOWS:
        rest, later, _ = split_by_time(rest, held_out)
        yield rest, later


def keeps_order(weights: Floats) -> bool:
    """Whether a shorter price is never the less likely one, whatever is known of its market.

    It is so if what multiplies the logarithm of the price is above 0 for every market that serving
    lets through; as that is linear, it is least where each of its parts is at one of its ends.
    """
    price, in_play, progress, margin, outcomes, total, *of_sports = weights.tolist()
    margin = min(0.0, margin * log(MARGIN_MAX))
    market = min(0.0, total, outcomes * log(SELECTIONS_MAX / SELECTIONS_MIN))
    # How far a game of a sport that is not known has come is not known either: it counts as half.
    phases = [0.0, in_play + progress * UNKNOWN_PROGRESS]
    for before, live in zip(of_sports[::2], of_sports[1::2], strict=True):
        phases += [before, before + live + in_play + min(0.0, progress)]
    least = price + margin + market + min(phases)
    return bool(least > 0)


def _shares(scores: Floats, starts: Integers) -> Floats:
    sizes = np.diff(starts, append=len(scores))
    raised = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
    shares: Floats = raised / np.repeat(np.add.reduceat(raised, starts), sizes)
    return shares
