"""What customers stake: a smooth curve through the quantiles of real stakes on Betfair."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

STAKE_QUANTILES = ((0.50, 6.7), (0.75, 24.6), (0.95, 118.0), (0.99, 413.0))
"""Share of bets staked at most this much, in euros (data/README.md says from where)."""

STAKE_MAX = 100_000.0
# Normal quantiles between which the two outer slopes of the curve are continued.
_FARTHEST = 7.0


def _curve() -> tuple[Floats, Floats]:
    quantile = np.array([NormalDist().inv_cdf(share) for share, _ in STAKE_QUANTILES])
    log_stake = np.log([stake for _, stake in STAKE_QUANTILES])
    slopes = np.diff(log_stake) / np.diff(quantile)
    below = log_stake[0] + slopes[0] * (-_FARTHEST - quantile[0])
    above = log_stake[-1] + slopes[-1] * (_FARTHEST - quantile[-1])
    return np.array([-_FARTHEST, *quantile, _FARTHEST]), np.array([below, *log_stake, above])


# Straight lines between log stake and normal quantile: a lognormal whose width may change, so
# that the curve is monotone and passes through every quantile.
_QUANTILE, _LOG_STAKE = _curve()


def draw_stakes(rng: np.random.Generator, count: int) -> Floats:
    """Stakes in euros [count], above 0 and at most STAKE_MAX."""
    drawn = np.exp(np.interp(rng.standard_normal(count), _QUANTILE, _LOG_STAKE))
    return np.minimum(drawn, STAKE_MAX)


def to_minor_units(euros: Floats, per_euro: Floats, scale: Integers) -> Integers:
    """Amounts in whole minor units of their currencies [n], one at the least.

    euros: amounts [n]. per_euro: units of the currency that one euro buys [n]. scale: minor
    units in one unit [n]: 100 for GBP, 1 for JPY, 1000 for KWD.
    """
    minor: Integers = np.maximum(np.rint(euros * per_euro * scale), 1.0).astype(np.int64)
    return minor
