"""A logistic regression that starts from the market and leaves it only as far as data carries."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from betpnl.model.features import COLUMNS, Floats
from betpnl.model.training.samples import Samples, split_by_time
from betpnl.model.training.scores import log_loss

PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 3e4, 1e5)
WEIGHT_DECIMALS = 6
"""Weights are rounded here, so that the last bits of a BLAS don't change the model."""

MARKET = np.array([1.0] + [0.0] * (len(COLUMNS) - 1))
"""The weights that return the margin-free price unchanged."""


def fit(features: NDArray[np.float32], target: Floats, penalty: float) -> Floats:
    """Weights [k] of the penalised maximum likelihood, by Newton's method.

    penalty: on the squared distance from MARKET, each column by its root mean square, so that
    a column of small numbers is as free to move as another; > 0; the larger, the nearer.
    """
    inputs = features.astype(np.float64)
    scale = np.sqrt((inputs**2).mean(axis=0))
    ridge = penalty * np.where(scale > 0, scale, 1.0) ** 2
    weights = MARKET.copy()
    for _ in range(50):
        probability = sigmoid(inputs @ weights)
        slope = inputs.T @ (probability - target) + ridge * (weights - MARKET)
        curve = (inputs * (probability * (1.0 - probability))[:, None]).T @ inputs
        step = np.linalg.solve(curve + np.diag(ridge), slope)
        weights -= step
        if np.abs(step).max() < 1e-10:
            break
    rounded: Floats = np.round(weights, WEIGHT_DECIMALS)
    return rounded


def choose_penalty(train: Samples) -> tuple[float, dict[float, float]]:
    """The penalty with the least validation log-loss, and the loss of each one tried.

    Training games only, three times: fitted up to a day, judged on the fifth of the games that
    follows, as the model will be used.
    """
    losses = dict.fromkeys(PENALTIES, 0.0)
    judged = 0
    for earlier, later in _windows(train):
        features, target = later.features().astype(np.float64), later.target
        judged += len(target)
        for penalty in PENALTIES:
            weights = fit(earlier.features(), earlier.target, penalty)
            losses[penalty] += float(log_loss(sigmoid(features @ weights), target).sum())
    losses = {penalty: loss / judged for penalty, loss in losses.items()}
    return min(losses, key=lambda penalty: losses[penalty]), losses


def _windows(train: Samples) -> Iterator[tuple[Samples, Samples]]:
    rest = train
    for held_out in (1 / 5, 1 / 4, 1 / 3):  # a fifth of the whole each time
        rest, later, _ = split_by_time(rest, held_out)
        yield rest, later


def sigmoid(logit: Floats) -> Floats:
    """1 / (1 + exp(-logit))."""
    result: Floats = 1.0 / (1.0 + np.exp(-logit))
    return result
