"""How good probabilities are, and how sure one may be that one set is better than another."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from betpnl.model.features import PROBABILITY_MIN, Floats
from betpnl.model.training.samples import Samples


@dataclass(frozen=True)
class Comparison:
    """The model against the margin-free price on the same selections; losses: less is better.

    log_loss_difference: model - market, with the 2.5 % and 97.5 % quantiles of a bootstrap
    that draws whole games. base_rate_log_loss: of 1 / selections for everyone.
    """

    games: int
    selections: int
    log_loss: float
    log_loss_market: float
    log_loss_difference: float
    log_loss_difference_low: float
    log_loss_difference_high: float
    brier: float
    brier_market: float
    base_rate_log_loss: float

    def as_dict(self) -> dict[str, float]:
        """Rounded to 6 decimals, for the record."""
        return {name: round(value, 6) for name, value in asdict(self).items()}


def log_loss(probability: Floats, target: Floats) -> Floats:
    """Log-loss [n] in nats; a dead heat's target lies between 0 and 1."""
    p = np.clip(probability, PROBABILITY_MIN, 1.0 - PROBABILITY_MIN)
    loss: Floats = -(target * np.log(p) + (1.0 - target) * np.log1p(-p))
    return loss


def compare(samples: Samples, probability: Floats, draws: int, seed: int) -> Comparison:
    """Compare the model's probabilities [n] with the market's on n > 0 samples."""
    market = samples.margin_free()
    model_loss = log_loss(probability, samples.target)
    market_loss = log_loss(market, samples.target)
    low, high = bootstrap_by_game(samples.game, model_loss - market_loss, draws, seed)
    return Comparison(
        games=len(np.unique(samples.game)),
        selections=len(samples),
        log_loss=float(model_loss.mean()),
        log_loss_market=float(market_loss.mean()),
        log_loss_difference=float((model_loss - market_loss).mean()),
        log_loss_difference_low=low,
        log_loss_difference_high=high,
        brier=float(((probability - samples.target) ** 2).mean()),
        brier_market=float(((market - samples.target) ** 2).mean()),
        base_rate_log_loss=float(log_loss(1.0 / samples.selections, samples.target).mean()),
    )


def bootstrap_by_game(
    game: NDArray[np.int64], values: Floats, draws: int, seed: int
) -> tuple[float, float]:
    """95 % interval of the mean of `values` [n] when whole games are drawn with replacement.

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
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
