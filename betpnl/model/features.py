"""From a market's odds to the model's input: one NumPy function for training and serving.

Every column is the margin-free log-odds of the selection times something known when the bet
was accepted, so a model of zeros is the market itself, and in a market of two selections the
two probabilities add up to 1 by symmetry (`log_outcomes` is 0 there).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SPORTS = (
    "football",
    "aussie_rules",
    "rugby_league",
    "basketball",
    "cricket",
    "american_football",
)
"""Sports with a column of their own; a sport's code is its place here, -1 for any other."""

DURATION_MIN = np.array([90.0, 80.0, 80.0, 40.0, 180.0, 60.0, np.nan])
"""Minutes of play by sport code (the last for -1: unknown, so progress is taken as a half)."""

COLUMNS = (
    "logit",  # log-odds of the margin-free price
    "logit_in_play",  # the same where the game was under way, else 0
    "logit_progress",  # times the fraction of the game played, 0 to 1 (0 before the game)
    "logit_margin",  # times log(overround): a wide book, made proportional, lies too near even
    "log_outcomes",  # log(selections / 2): lets the mean move in markets of three and more
    "logit_outcomes",  # logit times log(selections / 2)
    *(f"logit_{sport}" for sport in SPORTS),
)

SELECTIONS_MIN, SELECTIONS_MAX = 2, 64
OVERROUND_MIN, OVERROUND_MAX = 0.5, 3.0
MARGIN_MAX = 1.25
"""Overrounds count as at least 1 and at most this, the widest that the model was trained on:
past it the weight of the margin would only be guessed at."""
PROBABILITY_MIN = 1e-6
"""Probabilities are kept this far from 0 and 1, here and in what the model returns."""

_SPORT_CODE = {sport: code for code, sport in enumerate(SPORTS)}
_NO_MARKET = (float("nan"), 0)


def sport_codes(sports: Iterable[str]) -> NDArray[np.int64]:
    """Code of each sport's name, -1 for a sport without a column."""
    return np.array([_SPORT_CODE.get(sport, -1) for sport in sports], dtype=np.int64)


def market_overround(
    selection: str, market_odds: Mapping[str, Any] | None
) -> tuple[float, int]:  # fmt: skip
    """Sum of 1/odds and number of selections of a market; (nan, 0) if the model can't use it.

    Usable: the selection is in it, 2 to 64 selections, every price a finite number above 1,
    overround 0.5 to 3. Prices may be float, int or Decimal. Never raises on a price.
    """
    if not market_odds or selection not in market_odds:
        return _NO_MARKET
    count = len(market_odds)
    if not SELECTIONS_MIN <= count <= SELECTIONS_MAX:
        return _NO_MARKET
    total = 0.0
    for price in market_odds.values():
        try:
            odds = float(price)
        except (TypeError, ValueError, OverflowError):
            return _NO_MARKET
        if not 1.0 < odds < float("inf"):
            return _NO_MARKET
        total += 1.0 / odds
    return (total, count) if OVERROUND_MIN <= total <= OVERROUND_MAX else _NO_MARKET


def usable_market(odds: Floats, overround: Floats, selections: Floats) -> NDArray[np.bool_]:
    """Which rows the model can score; all arrays [n]. The caller takes the fallback elsewhere."""
    with np.errstate(all="ignore"):
        usable: NDArray[np.bool_] = (
            (odds > 1)
            & np.isfinite(odds)
            & (overround >= OVERROUND_MIN)
            & (overround <= OVERROUND_MAX)
            & (overround * odds > 1)
            & (selections >= SELECTIONS_MIN)
            & (selections <= SELECTIONS_MAX)
        )
    return usable


def feature_matrix(
    odds: Floats,
    overround: Floats,
    selections: Floats,
    sport_code: NDArray[np.int64],
    in_play: NDArray[np.bool_],
    minute: Floats,
) -> NDArray[np.float32]:
    """The model's input [n, len(COLUMNS)]; a row that is no usable market is all NaN.

    All arrays are [n], as they stood when the bet was accepted. odds: decimal odds of the
    selection in its market (not the bet's, which may be boosted). overround: sum of 1/odds
    over the market. minute: of play, NaN if not known (half of the game is assumed).
    """
    odds, overround, selections, minute = (
        np.asarray(values, dtype=np.float64) for values in (odds, overround, selections, minute)
    )
    in_play = np.asarray(in_play, dtype=np.bool_)
    known = (sport_code >= 0) & (sport_code < len(SPORTS))
    sport_code = np.where(known, sport_code, -1)
    usable = usable_market(odds, overround, selections)

    free = 1.0 / (np.where(usable, odds, 2.0) * np.where(usable, overround, 1.0))
    free = np.clip(free, PROBABILITY_MIN, 1.0 - PROBABILITY_MIN)
    logit = np.where(usable, np.log(free / (1.0 - free)), np.nan)
    with np.errstate(invalid="ignore", over="ignore"):
        progress = np.nan_to_num(minute / DURATION_MIN[sport_code], nan=0.5)
    progress = np.where(in_play, np.clip(progress, 0.0, 1.0), 0.0)
    outcomes = np.log(np.where(usable, selections, 2.0) / 2.0)

    matrix = np.zeros((len(odds), len(COLUMNS)), dtype=np.float32)
    matrix[:, 0] = logit
    matrix[:, 1] = logit * in_play
    matrix[:, 2] = logit * progress
    matrix[:, 3] = logit * np.log(np.clip(np.where(usable, overround, 1.0), 1.0, MARGIN_MAX))
    matrix[:, 4] = outcomes
    matrix[:, 5] = logit * outcomes
    rows = np.flatnonzero(sport_code >= 0)
    matrix[rows, len(COLUMNS) - len(SPORTS) + sport_code[rows]] = logit[rows]
    matrix[~usable] = np.nan
    return matrix


def fallback_probability(odds: Floats, overround: Floats) -> Floats:
    """What stands in for the model [n]: the margin-free price, or 1/odds without a market.

    odds: decimal odds of the selection in its market, or of the bet without one. overround:
    sum of 1/odds over the market, NaN without one. Always a number within (0, 1): odds that
    are none give a half, so that no NaN can reach the money.
    """
    odds, overround = np.asarray(odds, np.float64), np.asarray(overround, np.float64)
    with np.errstate(all="ignore"):
        price = 1.0 / odds
        free = price / overround
        usable = (overround >= OVERROUND_MIN) & (overround <= OVERROUND_MAX) & (free < 1)
    probability = np.nan_to_num(np.where(usable, free, price), nan=0.5, posinf=1.0, neginf=0.0)
    return np.clip(probability, PROBABILITY_MIN, 1.0 - PROBABILITY_MIN)
