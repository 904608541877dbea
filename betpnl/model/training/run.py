"""Games in, a trained and judged model out: the whole of training as one function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from betpnl.errors import UserError
from betpnl.games import Game
from betpnl.model.features import columns, margin_free
from betpnl.model.margin import METHODS
from betpnl.model.recipe import Recipe
from betpnl.model.training import football
from betpnl.model.training.card import CALIBRATION_DRAWS
from betpnl.model.training.export import to_onnx
from betpnl.model.training.fitting import (
    PENALTIES,
    choose,
    features_of,
    fit,
    keeps_order,
    predict,
    windows,
)
from betpnl.model.training.independence import product_errors
from betpnl.model.training.samples import (
    UNPRICED_MARKETS,
    BaseRates,
    Samples,
    make_samples,
    split_by_time,
)
from betpnl.model.training.scores import (
    Judged,
    after_correction,
    calibration_error,
    calibration_errors_if_perfect,
    compare,
    worse_after_correction,
)

HELD_OUT = 0.4
GAMES_MIN = 100
DAYS_MIN = 7
"""Days that it takes if each has as many games: all that is split is cut between two of them."""
BANDS = (0.0, 0.1, 0.25, 0.4, 0.6, 0.75, 0.9, 1.0)
"""Bands of the margin-free price that are judged by themselves."""
PHASES = {False: "before the game", True: "in play"}
Figures = dict[str, float]


@dataclass(frozen=True)
class Trained:
    """A model's file and the record of how it was made and how it did."""

    onnx: bytes
    record: dict[str, Any]


class Progress:
    """Told what goes on: `work` names a step with its number of parts, `done` ends some."""

    def work(self, name: str, parts: int | None = 1) -> None:
        """A step begins. parts: None where nobody knows; it ends with the next step."""

    def done(self, parts: int = 1) -> None:
        """So many parts of it have ended."""


def train(
    games: Sequence[Game],
    *,
    release: str,
    seed: int = 0,
    draws: int = 2000,
    progress: Progress | None = None,
    of_data: bool = False,
) -> Trained:
    """Fit on the earlier games, judge on the later ones.

    The same games, release and seed give the same bytes. seed and draws (of bootstrap and
    simulation) touch the intervals only. of_data: whether the games are those of data/, of which
    the card knows more than its figures. Raises UserError for too few games, or days of games, to
    learn from.
    """
    progress = progress or Progress()
    progress.work("Reading markets")
    samples = make_samples(games, UNPRICED_MARKETS if of_data else {})
    if len(np.unique(samples.game)) < GAMES_MIN:
        raise UserError(
            f"Only {len(np.unique(samples.game))} games have prices and results: "
            f"it takes at least {GAMES_MIN} to train a model and to judge it."
        )
    earlier, later, first_days = split_by_time(samples, HELD_OUT)
    _check_days(samples, earlier)
    progress.done()
    recipe = Recipe(sports=dict(samples.sports), overrounds=earlier.overrounds())
    progress.work("Trying methods and penalties", len(METHODS) * len(PENALTIES))
    chosen, tried, error = choose(earlier, recipe, progress.done)
    recipe = replace(recipe, method=chosen.method)
    progress.work("Fitting")
    first_half = football.half_times(games, set(earlier.game.tolist()))
    recipe = replace(recipe, tempo=football.fit_tempo(first_half, recipe))
    starts = earlier.markets().starts
    weights = fit(features_of(earlier, recipe), earlier.target, starts, chosen.penalty)
    content, version = to_onnx(weights, recipe, release)
    progress.done()

    probability = predict(later, recipe, weights)
    looks = _looks(later, samples.sports)
    progress.work("Judging on the games held out", len(looks) + 4)
    rates = earlier.base_rates()
    everything = _judged(later, probability, rates)
    held_out = {}
    for name, rows in looks.items():
        held_out[name] = compare(everything.take(rows), draws, seed).as_dict()
        progress.done()
    worse = worse_after_correction({name: found["p_worse"] for name, found in held_out.items()})
    overall = compare(everything, draws, seed).as_dict()
    by_method = replace(everything, price=margin_free(recipe, later.markets()))
    progress.done()
    calibration = _calibrations(later, probability, seed)
    progress.done()
    goals = _football(games, set(later.game.tolist()), recipe, rates, draws, seed)
    goals["games"] = {
        "train": len(first_half),
        "held_out": len(football.half_times(games, set(later.game.tolist()))),
        "left_out": football.without_half_time(games),
    }
    progress.done()
    independence = product_errors(games, recipe, draws, seed)
    progress.done()
    record = {
        "model_version": version,
        "seed": seed,
        "bootstrap_draws": draws,
        "method": chosen.method,
        "penalty": chosen.penalty._asdict(),
        "tried": [
            {"method": each.method, **each.penalty._asdict(), "log_loss": round(each.loss, 6)}
            for each in tried
        ],
        "standard_error": round(error, 6),
        "tempo": recipe.tempo.as_dict(),
        "overrounds": dict(recipe.overrounds),
        "of_data": of_data,
        "keeps_order": keeps_order(weights),
        "weights": dict(zip(columns(recipe), weights.tolist(), strict=True)),
        "first_held_out_day": {sport: str(day) for sport, day in first_days.items()},
        "markets": {"used": len(samples), "left_out": dict(samples.left_out)},
        "train": {"games": len(np.unique(earlier.game)), "selections": earlier.rows},
        "held_out": {
            "all": overall,
            "all_by_method": compare(by_method, draws, seed).as_dict(),
            "groups": held_out,
            "worse_after_correction": worse,
        },
        "calibration": calibration,
        "football": goals,
        "independence": independence,
    }
    return Trained(content, record)


def _check_days(samples: Samples, earlier: Samples) -> None:
    if len(earlier) and all(len(rest) for rest, _ in windows(earlier)):
        return
    days = len(np.unique(samples.day))
    raise UserError(
        f"The games with prices and results start on {days} {'day' if days == 1 else 'days'} only: "
        f"learning and judging are parted between days, so it takes at least {DAYS_MIN} days with "
        "about as many games each. Add games of other days to the table games, with their "
        "checkpoints, prices and results."
    )


def _judged(samples: Samples, probability: NDArray[np.float64], rates: BaseRates) -> Judged:
    return Judged(
        game=samples.spread(samples.game),
        target=samples.target,
        model=probability,
        price=samples.margin_free(),
        base_rate=samples.base_rate(rates),
    )


def _looks(samples: Samples, sports: Sequence[str] | Any) -> dict[str, NDArray[np.bool_]]:
    """By name, the selections that are judged by themselves."""
    sport, in_play = samples.spread(samples.sport), samples.spread(samples.in_play)
    looks = {
        f"{name}, {PHASES[phase]}": (sport == code) & (in_play == phase)
        for code, name in enumerate(sports)
        for phase in PHASES
    }
    price = samples.margin_free()
    for low, high in pairwise(BANDS):
        looks[f"priced at {low:g} to {high:g}"] = (price >= low) & (price < high)
    return {name: rows for name, rows in looks.items() if rows.any()}


def _calibrations(
    samples: Samples, probability: NDArray[np.float64], seed: int
) -> dict[str, dict[str, Figures]]:
    """Of all, by sport and by kind of market; of both groups with p after Holm's correction."""
    sports = {sport: samples.sport == code for code, sport in enumerate(samples.sports)}
    kinds = {
        f"{kind}, {PHASES[phase]}": (samples.kind == code) & (samples.in_play == phase)
        for code, kind in enumerate(samples.kinds)
        for phase in PHASES
    }
    parts = {"all": {"all": np.ones(len(samples), np.bool_)}, "sports": sports, "kinds": kinds}
    return {
        part: _corrected({
            name: _calibration(samples, probability, markets, seed)
            for name, markets in masks.items()
            if markets.any()
        })
        for part, masks in parts.items()
    }  # fmt: skip


def _calibration(
    samples: Samples, probability: NDArray[np.float64], markets: NDArray[np.bool_], seed: int
) -> Figures:
    mine, said = samples.take(markets), probability[samples.spread(markets)]
    error = calibration_error(said, mine.target)
    perfect = calibration_errors_if_perfect(
        said, mine.markets().starts, mine.game, CALIBRATION_DRAWS, seed
    )
    return {
        "selections": mine.rows,
        "error": round(error, 6),
        "error_if_perfect": round(float(perfect.mean()), 6),
        "error_if_perfect_95": round(float(np.quantile(perfect, 0.95)), 6),
        "p": round((1 + int((perfect >= error).sum())) / (1 + CALIBRATION_DRAWS), 6),
    }


def _corrected(found: dict[str, Figures]) -> dict[str, Figures]:
    corrected = after_correction({name: each["p"] for name, each in found.items()})
    return {name: {**each, "p_corrected": corrected[name]} for name, each in found.items()}


def _football(
    games: Sequence[Game],
    keep: set[int],
    recipe: Recipe,
    rates: BaseRates,
    draws: int,
    seed: int,
) -> dict[str, Any]:
    later = football.half_times(games, keep)
    half_time = {
        market: compare(judged, draws, seed).as_dict()
        for market, judged in football.judge_half_time(later, recipe, rates).items()
    }
    joint = football.judge_joint(later, recipe, rates)
    return {
        "half_time": half_time,
        "joint": None if joint is None else compare(joint, draws, seed).as_dict(),
    }
