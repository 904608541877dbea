"""What a model costs in the UDF, and what it is worth: bets a second by model and size of batch.

Measures the functions that the UDF read_bet calls: the scoring alone (score_legs, for bet builders
score_bets), and all that is done to a bet in Python (BetRows.rows: decoding, checks, scoring,
packing). Compared are the shipped logistic with its market's odds, football in play without a
price of the moment (goals model; states seen before, and new ones), bet builders (the same), and
tree ensembles by LightGBM on the same features, in ONNX through the same OutcomeModel.

CPU time of the one thread that works, so that other work on the machine counts less; variants take
turns in an order that changes, and each figure is the median over the rounds, with the least and
the most. No service is needed. The trees need bench/requirements.txt, which says how to get them.

  PYTHONPATH=.cache/bench .venv/bin/python bench/model_cost.py
  .venv/bin/python bench/model_cost.py --no-trees
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import model_bets
import numpy as np
from numpy.typing import NDArray

from betpnl.bet_rows import BetRows
from betpnl.bet_scoring import score_bets
from betpnl.contract.checks import Rules
from betpnl.contract.reading import Reader
from betpnl.contract.topics import BETS
from betpnl.errors import UserError
from betpnl.games import Game, load_games
from betpnl.model.features import PROBABILITY_MIN, within_market
from betpnl.model.outcome import OutcomeModel
from betpnl.model.scoring import score_legs
from betpnl.model.training.fitting import features_of
from betpnl.model.training.run import HELD_OUT
from betpnl.model.training.samples import Samples, make_samples, split_by_time
from betpnl.model.training.scores import Judged, calibration_error, compare
from betpnl.paths import PROJECT
from betpnl.references.resolve import References

SHIPPED = PROJECT / "models" / "outcome.onnx"
BATCHES = (1, 100, 1000)
RATE = 10_000
DRAWS = 2000
_RULES = Rules("EUR", bet_horizon_ms=400 * 86_400_000, accepted_ahead_ms=300_000)

Work = Callable[[list[bytes]], Callable[[], object]]
"""Makes ready a batch of messages; what comes back is what is timed."""


class Variant(NamedTuple):
    """One kind of bet on one model: two ways to be measured, and where its messages come from."""

    name: str
    works: dict[str, Work]
    messages: Iterator[bytes]


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=SHIPPED, help="the logistic's file")
    parser.add_argument("--rounds", type=int, default=9, help="how often each is measured")
    parser.add_argument("--bets", type=int, default=2000, help="bets of a measurement, at least")
    parser.add_argument("--no-trees", action="store_true", help="without LightGBM and onnxmltools")
    asked = parser.parse_args(argv)
    try:
        print(json.dumps(_figures(asked), indent=2))
    except UserError as error:
        sys.exit(f"model_cost.py: {error}")


def _figures(asked: argparse.Namespace) -> dict[str, Any]:
    _say("reading games")
    games = load_games()
    logistic = OutcomeModel(asked.model)
    models = {"logistic": logistic}
    worth: dict[str, Any] = {}
    if not asked.no_trees:
        samples = make_samples(games)
        earlier, later, _ = split_by_time(samples, HELD_OUT)
        models |= _tree_models(earlier, logistic)
        worth = _worth(later, models)
    cost = _cost(variants(games, models), asked.rounds, asked.bets)
    return {"worth, on the games held out": worth, "cost, microseconds of CPU a bet": cost}


def _tree_models(earlier: Samples, logistic: OutcomeModel) -> dict[str, OutcomeModel]:
    # Not installed where only the models that are used are measured.
    from model_trees import Size, trees

    found = {}
    with tempfile.TemporaryDirectory(prefix="betpnl-bench-") as folder:
        for size in (Size(0, 15), Size(200, 31)):
            _say(f"training trees of {size.leaves} leaves")
            made = trees(earlier, logistic.recipe, size)
            path = Path(folder) / "trees.onnx"
            path.write_bytes(made.content)
            found[f"{made.trees} trees of {size.leaves} leaves"] = OutcomeModel(path)
    return found


def _worth(later: Samples, models: dict[str, OutcomeModel]) -> dict[str, Any]:
    """How each does on games that none was trained on, held against the first."""
    said = {name: _probabilities(later, model) for name, model in models.items()}
    first = next(iter(said.values()))
    found = {}
    for name, probability in said.items():
        _say(f"judging: {name}")
        judged = Judged(
            later.spread(later.game),
            later.target,
            probability,
            first,
            1.0 / later.spread(later.size),
        )
        against = compare(judged, DRAWS, seed=0).as_dict()
        found[name] = {
            "model_version": models[name].version,
            "log_loss": against["log_loss"],
            "brier": against["brier"],
            "calibration_error": round(calibration_error(probability, later.target), 6),
            "log-loss less the logistic's, with 95 %": [
                against["log_loss_difference"],
                against["log_loss_difference_low"],
                against["log_loss_difference_high"],
            ],
        }
    return found


def _probabilities(samples: Samples, model: OutcomeModel) -> NDArray[np.float64]:
    """As serving makes them of the model's scores."""
    scores = model.predict(features_of(samples, model.recipe))
    shares = within_market(scores, samples.markets())
    return np.clip(shares, PROBABILITY_MIN, 1.0 - PROBABILITY_MIN)


def variants(games: Sequence[Game], models: dict[str, OutcomeModel]) -> list[Variant]:
    """All that is measured. models: by name, the logistic first."""
    logistic = next(iter(models.values()))
    found = [
        Variant(f"single, {name}", _works(model, builder=False), model_bets.singles(games))
        for name, model in models.items()
    ]
    goals, joint = _works(logistic, builder=False), _works(logistic, builder=True)
    states = {
        "seen before": model_bets.in_play(repeated=True),
        "new minute and score": model_bets.in_play(repeated=False, games=model_bets.KEPT),
        "new prices as well": model_bets.in_play(repeated=False),
    }
    built = {
        "seen before": model_bets.builders(repeated=True),
        "new prices": model_bets.builders(repeated=False),
    }
    found += [
        Variant(f"football by its score, {when}", goals, each) for when, each in states.items()
    ]
    found += [Variant(f"bet builder, {when}", joint, each) for when, each in built.items()]
    return found


def _works(model: OutcomeModel, *, builder: bool) -> dict[str, Work]:
    reader, rows = Reader(BETS, _RULES), BetRows(_RULES, lambda: model, 2, References("EUR"))

    def scoring(messages: list[bytes]) -> Callable[[], object]:
        bets = model_bets.read(reader, messages)
        if builder:
            return lambda: score_bets(model, bets)
        legs = [leg for bet in bets for leg in bet.legs]
        return lambda: score_legs(model, legs)

    def whole(messages: list[bytes]) -> Callable[[], object]:
        arrived = [model_bets.ACCEPTED_S] * len(messages)
        return lambda: rows.rows(messages, arrived)

    return {"scoring": scoring, "whole bet": whole}


def _cost(found: Sequence[Variant], rounds: int, bets: int) -> dict[str, Any]:
    taken: dict[tuple[str, str, int], list[float]] = {}
    order = random.Random(0)
    # The first round warms up, and is thrown away.
    for number in range(rounds + 1):
        _say(f"round {number} of {rounds}")
        for variant in order.sample(found, len(found)):
            for way, work in variant.works.items():
                # Else those before would have driven from the caches what this one keeps there.
                work(list(islice(variant.messages, model_bets.KEPT)))()
                for size in BATCHES:
                    took = _timed(work, variant.messages, size, bets)
                    if number:
                        taken.setdefault((variant.name, way, size), []).append(took)
    return {
        variant.name: {
            f"{way}, batches of {size:,}": _summary(taken[variant.name, way, size])
            for way in variant.works
            for size in BATCHES
        }
        for variant in found
    }


def _timed(work: Work, messages: Iterator[bytes], size: int, bets: int) -> float:
    """Microseconds of this thread for a bet, over enough batches that no clock tick shows."""
    # Batches of one cost most of all: a tenth of the bets takes as long.
    count = max(1, bets // size if size > 1 else bets // 10)
    ready = [work(list(islice(messages, size))) for _ in range(count)]
    began_ns = time.thread_time_ns()
    for run in ready:
        run()
    return (time.thread_time_ns() - began_ns) / (count * size) / 1000


def _summary(microseconds: list[float]) -> dict[str, float]:
    middle = median(microseconds)
    return {
        "median": round(middle, 2),
        "least": round(min(microseconds), 2),
        "most": round(max(microseconds), 2),
        "bets a second": round(1e6 / middle),
        f"% of a core at {RATE:,} a second": round(middle * RATE / 1e4, 1),
    }


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
