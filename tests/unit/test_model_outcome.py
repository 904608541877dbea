"""The model that ships, behind its ONNX session."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper

from betpnl.errors import UserError
from betpnl.model.features import (
    Markets,
    columns,
    feature_matrix,
    margin_free,
    usable_markets,
    within_market,
)
from betpnl.model.margin import Floats, power
from betpnl.model.outcome import OutcomeModel

MODELS = Path(__file__).resolve().parents[2] / "models"
MODEL = OutcomeModel(MODELS / "outcome.onnx")
WIDTH = len(columns(MODEL.recipe))


def markets_of(prices: list[float], sport: int = 0, in_play: bool = False) -> Markets:
    return Markets(
        np.array(prices), np.array([0]), np.array([sport]), np.array([in_play]),
        np.array([30.0]), np.array([False]),
    )  # fmt: skip


def score(prices: list[float], sport: int = 0, in_play: bool = False) -> Floats:
    markets = markets_of(prices, sport, in_play)
    features = feature_matrix(MODEL.recipe, markets, margin_free(MODEL.recipe, markets))
    return within_market(MODEL.predict(features), markets)


def test_version_card_and_record_are_of_one_model() -> None:
    record = json.loads((MODELS / "outcome.json").read_text())

    assert MODEL.version == record["model_version"]
    assert f"`{MODEL.version}`" in (MODELS / "CARD.md").read_text()
    assert MODEL.recipe.method == record["method"]
    assert tuple(record["weights"]) == columns(MODEL.recipe)


@given(
    prices=st.lists(st.floats(1.05, 200), min_size=2, max_size=6).filter(
        lambda prices: bool(usable_markets(np.array(prices), np.array([0]))[0])
    ),
    sport=st.integers(-1, len(MODEL.recipe.sports) - 1),
    in_play=st.booleans(),
)
def test_probabilities_add_up_to_one_and_a_shorter_price_is_never_less_likely(
    prices: list[float], sport: int, in_play: bool
) -> None:
    probability = score(prices, sport, in_play)

    assert probability.sum() == pytest.approx(1)
    assert (probability > 0).all()
    assert (np.diff(probability[np.argsort(prices)]) <= 1e-6).all()


def test_model_stays_near_the_market() -> None:
    odds = [2.1, 3.4, 3.6]

    assert score(odds) == pytest.approx(power(np.array(odds), np.array([0])), abs=0.02)


def test_empty_batch_gives_no_scores() -> None:
    assert MODEL.predict(np.empty((0, WIDTH), np.float32)).shape == (0,)


def test_one_weird_row_leaves_the_others_alone() -> None:
    good = np.full((5, WIDTH), -0.5, np.float32)
    weird = good.copy()
    weird[0], weird[1], weird[2], weird[3] = np.nan, np.inf, -np.inf, np.finfo(np.float32).max

    scores = MODEL.predict(weird)

    assert np.isnan(scores[0])
    assert scores[4] == MODEL.predict(good)[4]


def test_row_scores_the_same_alone_and_in_any_batch() -> None:
    features = np.random.default_rng(1).normal(-1, 1, (1000, WIDTH)).astype(np.float32)

    together = MODEL.predict(features)
    alone = np.concatenate([MODEL.predict(features[[row]]) for row in range(1000)])

    # float32 sums may be taken in another order; stored probabilities have 8 decimals
    assert together == pytest.approx(alone, rel=2e-6)


def test_missing_file_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="model_path"):
        OutcomeModel(tmp_path / "none.onnx")


def test_damaged_file_names_the_setting(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes((MODELS / "outcome.onnx").read_bytes()[:100])

    with pytest.raises(UserError, match="not a usable ONNX file"):
        OutcomeModel(damaged)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"columns": "logit,weather"},
        {"recipe": ""},
        {"recipe": "{}"},
        {"recipe": "[]"},
        {"recipe": '{"method": "magic", "tempo": {}}'},
        {"recipe": '{"weather": 1, "tempo": {}}'},
    ],
)
def test_model_of_other_features_is_refused(tmp_path: Path, said: dict[str, str]) -> None:
    other = onnx.load(MODELS / "outcome.onnx")
    known = {each.key: each.value for each in other.metadata_props}
    helper.set_model_props(other, {**known, **said} if said else {"model_version": "other"})
    onnx.save(other, tmp_path / "other.onnx")

    with pytest.raises(UserError, match="other features"):
        OutcomeModel(tmp_path / "other.onnx")
