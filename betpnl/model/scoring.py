"""From the legs of a batch of bets to their probabilities: one inference for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from betpnl.contract.records import Leg
from betpnl.model.features import (
    PROBABILITY_MIN,
    fallback_probability,
    feature_matrix,
    market_overround,
    sport_codes,
)


class Model(Protocol):
    """What scoring asks of a model."""

    version: str

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities [n] of features [n, columns]; NaN where it cannot tell."""


@dataclass(frozen=True, slots=True)
class LegScore:
    """What the model says of one leg.

    probability: within (0, 1). by_model: False where the fallback stood in. likeliest: no
    selection of the market is likelier; without a market, the leg is at least even. margin:
    1 - 1/overround of the market, 0 without a usable one.
    """

    probability: float
    by_model: bool
    likeliest: bool
    margin: float


def score_legs(model: Model, legs: Sequence[Leg]) -> list[LegScore]:
    """Score each leg among all selections of its market; never raises on what a leg holds."""
    # A market is a run of rows, its own selection first, so that one pass tells the likeliest.
    odds: list[float] = []
    overrounds: list[float] = []
    sizes: list[int] = []
    starts: list[int] = []
    for leg in legs:
        market = leg.market_odds
        overround, selections = market_overround(leg.selection, market)
        starts.append(len(odds))
        overrounds.append(overround)
        if selections and market is not None:
            own = market[leg.selection]
            odds.append(own)
            odds.extend(price for name, price in market.items() if name != leg.selection)
            sizes.append(selections)
        else:
            odds.append(float(leg.odds))
            sizes.append(1)
    if not legs:
        return []

    runs = np.array(sizes)
    first = np.array(starts)
    flat_odds = np.array(odds)
    overround_by_leg = np.array(overrounds)
    minutes = np.array([np.nan if leg.minute is None else leg.minute for leg in legs])
    flat_overround = np.repeat(overround_by_leg, runs)
    features = feature_matrix(
        flat_odds,
        flat_overround,
        np.repeat(runs, runs).astype(np.float64),
        np.repeat(sport_codes(leg.sport for leg in legs), runs),
        np.repeat(np.array([leg.in_play for leg in legs]), runs),
        np.repeat(minutes, runs),
    )
    predicted = model.predict(features)
    scored = np.logical_and.reduceat(np.isfinite(predicted), first) & (runs > 1)
    # One yardstick within a market: where the model cannot score all of it, it scores none.
    probabilities = np.where(
        np.repeat(scored, runs), predicted, fallback_probability(flat_odds, flat_overround)
    )
    own_probability = probabilities[first]
    likeliest = np.where(
        runs > 1,
        own_probability >= np.maximum.reduceat(probabilities, first),
        own_probability >= 0.5,
    )
    with np.errstate(invalid="ignore"):
        margins = np.nan_to_num(1.0 - 1.0 / overround_by_leg)
    clipped = np.clip(own_probability, PROBABILITY_MIN, 1.0 - PROBABILITY_MIN)
    return [
        LegScore(*values)
        for values in zip(
            clipped.tolist(), scored.tolist(), likeliest.tolist(), margins.tolist(), strict=True
        )
    ]
