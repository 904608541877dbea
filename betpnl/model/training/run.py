"""Games in, a trained and judged model out: the whole of training as one function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from betpnl.games import Game
from betpnl.model.features import COLUMNS, PROBABILITY_MIN, SPORTS
from betpnl.model.training.export import to_onnx
from betpnl.model.training.fitting import choose_penalty, fit, sigmoid
from betpnl.model.training.samples import make_samples, split_by_time
from betpnl.model.training.scores import compare

HELD_OUT = 0.4


@dataclass(frozen=True)
class Trained:
    """A model's file and the record of how it was made and how it did."""

    onnx: bytes
    record: dict[str, Any]


def train(
    games: list[Game],
    *,
    release: str,
    seed: int = 0,
    draws: int = 2000,
    say: Callable[[str], None] = lambda _: None,
) -> Trained:
    """Fit on the earlier games, judge on the later ones.

    The same games, release and seed give the same bytes. seed and draws (of the bootstrap)
    touch the intervals only. say: called with a line at each step.
    """
    samples = make_samples(games)
    earlier, later, first_days = split_by_time(samples, HELD_OUT)
    say(f"{len(samples)} selections: {len(earlier)} to train on, {len(later)} held out")
    penalty, tried = choose_penalty(earlier)
    say(f"penalty {penalty:g}, the best of {len(tried)} on the training games")
    weights = fit(earlier.features(), earlier.target, penalty)
    content, version = to_onnx(weights, release)
    say(f"fitted {version}")

    logit = later.features().astype(np.float64) @ weights
    probability = np.clip(sigmoid(logit), PROBABILITY_MIN, 1.0 - PROBABILITY_MIN)
    groups = {}
    for code, sport in enumerate(SPORTS):
        for in_play, phase in ((False, "before the game"), (True, "in play")):
            rows = (later.sport == code) & (later.in_play == in_play)
            if rows.any():
                found = compare(later.take(rows), probability[rows], draws, seed)
                groups[f"{sport}, {phase}"] = found.as_dict()
                say(f"judged {sport}, {phase}: {found.log_loss_difference:+.4f} nats")
    record = {
        "model_version": version,
        "seed": seed,
        "bootstrap_draws": draws,
        "penalty": penalty,
        "penalties_tried": {f"{key:g}": round(loss, 6) for key, loss in tried.items()},
        "weights": dict(zip(COLUMNS, weights.tolist(), strict=True)),
        "first_held_out_day": {SPORTS[code]: str(day) for code, day in first_days.items()},
        "train": {
            "games": len(np.unique(earlier.game)),
            "selections": len(earlier),
        },
        "held_out": {
            "all": compare(later, probability, draws, seed).as_dict(),
            "groups": groups,
        },
    }
    return Trained(content, record)
