"""Which models are let serve: what would score nothing, or stop at a bet, is not."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from betpnl.errors import UserError
from betpnl.model.features import columns
from betpnl.model.goals import Tempo
from betpnl.model.margin import Floats
from betpnl.model.outcome import OutcomeModel
from betpnl.model.recipe import Recipe
from betpnl.model.training.export import to_onnx
from betpnl.model.trial import tried

SHIPPED = Path("models/outcome.onnx")
RECIPE = OutcomeModel(SHIPPED).recipe


def content(price: float, recipe: Recipe = RECIPE, release: str = "trial") -> bytes:
    weights: Floats = np.zeros(len(columns(recipe)))
    weights[0] = price
    return to_onnx(weights, recipe, release)[0]


def test_the_model_that_is_shipped_may_serve() -> None:
    assert tried(SHIPPED).version == OutcomeModel(SHIPPED).version


@pytest.mark.parametrize("price", [float("nan"), float("inf"), 1e30])
def test_a_model_that_gives_no_number_may_not(price: float) -> None:
    with pytest.raises(UserError, match="no number for a market"):
        tried(SHIPPED, content(price))


@pytest.mark.parametrize(
    "change",
    [
        {"tempo": Tempo(length_min=45.0)},
        {"tempo": Tempo(length_min=30.0)},
        {"tempo": Tempo(left_min=-1.0)},
        {"tempo": Tempo(leading=float("nan"))},
        {"overrounds": {"football/total_goals": "1.05"}},
        {"overrounds": {"football/": 0.0}},
        {"sports": {"football": -90.0}},
    ],
)
def test_a_recipe_that_would_stop_at_some_bet_may_not(change: dict[str, Any]) -> None:
    recipe = replace(RECIPE, **change)

    with pytest.raises(UserError, match="made for other features"):
        tried(SHIPPED, content(1.0, recipe))


def test_a_version_that_would_break_a_packed_row_may_not() -> None:
    with pytest.raises(UserError, match="printable"):
        tried(SHIPPED, content(1.0, release="odd\x1e"))
