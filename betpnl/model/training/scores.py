"""How good probabilities are, and how sure one may be that one set is better than another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from betpnl.model.features import PROBABILITY_MIN
from betpnl.model.margin import Floats, Integers

BINS = 20
"""Probabilities are held against what came in so many bands of the same width."""


@dataclass(frozen=True)
class Comparison:
    """A model against a price on the same selections; losses: less is better.

    log_loss_difference: model - price, with the 2.5 % and 97.5 % quantiles of a bootstrap that
    draws whole games. p_worse: how likely a difference of at least this much is if the two are
    the same (one-sided, by the bootstrap's standard error). base_rate_log_loss: of how often such
    a selection won on the games of training; base_rate_difference: model - base rate, in the same
    way.
    """

    games: int
    selections: int
    log_loss: float
    log_loss_price: float
    log_loss_difference: float
    log_loss_difference_low: float
    log_loss_difference_high: float
    p_worse: float
    brier: float
    brier_price: float
    base_rate_log_loss: float
    base_rate_difference: float
    base_rate_difference_low: float
    base_rate_difference_high: float

    def as_dict(self) -> dict[str, float]:
        """Rounded to 6 decimals, for the record."""
        return {name: round(value, 6) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Judged:
    """Selections [n] that were predicted: whose game it was, how they ended, what was said.

    base_rate: how often such a selection won on the games of training.
    """

    game: Integers
    target: Floats
    model: Floats
    price: Floats
    base_rate: Floats

    def take(self, rows: NDArray[np.bool_]) -> Judged:
        """The rows of a mask."""
        return Judged(
            self.game[rows],
            self.target[rows],
            self.model[rows],
            self.price[rows],
            self.base_rate[rows],
        )


def log_loss(probability: Floats, target: Floats) -> Floats:
    """Log-loss [n] in nats; a dead heat's target lies between 0 and 1."""
    p = np.clip(probability, PROBABILITY_MIN, 1.0 - PROBABILITY_MIN)
    loss: Floats = -(target * np.log(p) + (1.0 - target) * np.log1p(-p))
    return loss


def compare(judged: Judged, draws: int, seed: int) -> Comparison:
    """Compare the model's probabilities with the price's on n > 0 selections."""
    model_loss = log_loss(judged.model, judged.target)
    price_loss = log_loss(judged.price, judged.target)
    base_loss = log_loss(judged.base_rate, judged.target)
    of_base = bootstrap_by_game(judged.game, model_loss - base_loss, draws, seed)
    base_low, base_high = np.quantile(of_base, [0.025, 0.975])
    difference = float((model_loss - price_loss).mean())
    means = bootstrap_by_game(judged.game, model_loss - price_loss, draws, seed)
    low, high = np.quantile(means, [0.025, 0.975])
    spread = float(means.std())
    return Comparison(
        games=len(np.unique(judged.game)),
        selections=len(judged.target),
        log_loss=float(model_loss.mean()),
        log_loss_price=float(price_loss.mean()),
        log_loss_difference=difference,
        log_loss_difference_low=float(low),
        log_loss_difference_high=float(high),
        p_worse=0.5 * erfc(difference / spread / sqrt(2.0)) if spread > 0 else 0.5,
        brier=float(((judged.model - judged.target) ** 2).mean()),
        brier_price=float(((judged.price - judged.target) ** 2).mean()),
        base_rate_log_loss=float(base_loss.mean()),
        base_rate_difference=float((model_loss - base_loss).mean()),
        base_rate_difference_low=float(base_low),
        base_rate_difference_high=float(base_high),
    )


def bootstrap_by_game(game: Integers, values: Floats, draws: int, seed: int) -> Floats:
    """Means [draws] of `values` [n] when whole games are drawn with replacement.

    Selections of one game rise and fall together: drawing rows would claim too much.
    """
    _, index = np.unique(game, return_inverse=True)
    sums = np.bincount(index, weights=values)
    counts = np.bincount(index)
    random = np.random.default_rng(seed)
    means = np.empty(draws)
    for draw in range(draws):
        chosen = random.integers(0, len(sums), len(sums))
        means[draw] = sums[chosen].sum() / counts[chosen].sum()
    return means


def after_correction(p_values: Mapping[str, float]) -> dict[str, float]:
    """What each p is worth among so many looks, by Holm's step-down method.

    Source: Holm 1979, "A simple sequentially rejective multiple test procedure".
    """
    corrected: dict[str, float] = {}
    least = 0.0
    for place, name in enumerate(sorted(p_values, key=lambda name: p_values[name])):
        least = max(least, min(1.0, p_values[name] * (len(p_values) - place)))
        corrected[name] = least
    return corrected


def worse_after_correction(p_worse: Mapping[str, float], level: float = 0.05) -> list[str]:
    """Which of these looks are worse than chance lets them be, the surest first."""
    return [name for name, p in after_correction(p_worse).items() if p <= level]


def calibration_error(probability: Floats, target: Floats) -> float:
    """Expected calibration error: the mean distance of what was said from what came, by band."""
    band = np.minimum((probability * BINS).astype(np.int64), BINS - 1)
    said = np.bincount(band, weights=probability, minlength=BINS)
    came = np.bincount(band, weights=target, minlength=BINS)
    return float(np.abs(said - came).sum() / len(probability))


def calibration_errors_if_perfect(
    probability: Floats, starts: Integers, game: Integers, draws: int, seed: int
) -> Floats:
    """The calibration errors [draws] of such samples if every probability is right.

    game [m]: of each market. One number is drawn for a game and ends all of its markets, as one
    game does: the same selection wins at every moment whose probabilities say so.
    """
    _, index = np.unique(game, return_inverse=True)
    sizes = np.diff(starts, append=len(probability))
    before = np.cumsum(probability) - probability
    low = before - np.repeat(before[starts], sizes)
    random = np.random.default_rng(seed)
    errors = np.empty(draws)
    for draw in range(draws):
        drawn = np.repeat(random.random(index.max() + 1)[index], sizes)
        won = (drawn >= low) & (drawn < low + probability)
        errors[draw] = calibration_error(probability, won.astype(np.float64))
    return errors
