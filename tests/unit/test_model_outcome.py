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
from betpnl.model.features import COLUMNS, SPORTS, feature_matrix
from betpnl.model.outcome import OutcomeModel

MODELS = Path(__file__).resolve().parents[2] / "models"
MODEL = OutcomeModel(MODELS / "outcome.onnx")


def score(prices: list[float], sport: int = 0, in_play: bool = False) -> np.ndarray:
    odds = np.array(prices)
    size = len(prices)
    features = feature_matrix(
        odds, np.full(size, (1 / odds).sum()), np.full(size, float(size)), np.full(size, sport),
        np.full(size, in_play), np.full(size, 30.0),
    )  # fmt: skip
    return MODEL.predict(features)


def test_version_card_and_record_are_of_one_model() -> None:
    record = json.loads((MODELS / "outcome.json").read_text())

    assert MODEL.version == record["model_version"]
    assert f"`{MODEL.version}`" in (MODELS / "CARD.md").read_text()
    assert OutcomeModel(MODELS / "outcome.onnx").version == MODEL.version


@given(
    prices=st.lists(st.floats(1.05, 200), min_size=2, max_size=6),
    sport=st.integers(-1, len(SPORTS) - 1),
    in_play=st.booleans(),
)
def test_shorter_price_is_never_less_likely_and_all_are_probabilities(
    prices: list[float], sport: int, in_play: bool
) -> None:
    probability = score(prices, sport, in_play)

    if np.isnan(probability).any():
        overround = sum(1 / price for price in prices)
        assert not 0.5 <= overround <= 3 or any(1 / price >= overround for price in prices)
        return
    assert ((probability > 0) & (probability < 1)).all()
    by_price = probability[np.argsort(prices)]
    assert (np.diff(by_price) <= 1e-6).all()


@given(home=st.floats(1.1, 15), sport=st.integers(-1, len(SPORTS) - 1), in_play=st.booleans())
def test_two_outcomes_add_up_to_one(home: float, sport: int, in_play: bool) -> None:
    away = 1 / (1.05 - 1 / home)

    assert score([home, away], sport, in_play).sum() == pytest.approx(1, abs=1e-5)


def test_model_stays_near_the_market() -> None:
    odds = np.array([2.1, 3.4, 3.6])

    assert score(odds.tolist()) == pytest.approx(1 / odds / (1 / odds).sum(), abs=0.02)


def test_empty_batch_gives_no_probabilities() -> None:
    assert MODEL.predict(np.empty((0, len(COLUMNS)), np.float32)).shape == (0,)


def test_one_weird_row_leaves_the_others_alone() -> None:
    good = feature_matrix(
        np.full(5, 2.0), np.full(5, 1.05), np.full(5, 2.0), np.zeros(5, np.int64),
        np.zeros(5, np.bool_), np.zeros(5),
    )  # fmt: skip
    weird = good.copy()
    weird[0] = np.nan
    weird[1] = np.inf
    weird[2] = -np.inf
    weird[3] = np.finfo(np.float32).max

    probability = MODEL.predict(weird)

    assert np.isnan(probability[0])
    assert probability[4] == MODEL.predict(good)[4]
    known = probability[~np.isnan(probability)]
    assert ((known >= 1e-6) & (known <= 1 - 1e-6)).all()


def test_row_scores_the_same_alone_and_in_any_batch() -> None:
    random = np.random.default_rng(1)
    odds = random.uniform(1.1, 20, 1000)
    features = feature_matrix(
        odds, np.full(1000, 1.05), np.full(1000, 3.0), random.integers(-1, 6, 1000),
        random.random(1000) < 0.5, random.uniform(0, 90, 1000),
    )  # fmt: skip

    together = MODEL.predict(features)
    alone = np.concatenate([MODEL.predict(features[[row]]) for row in range(1000)])

    # float32 sums may be taken in another order; stored probabilities have 8 decimals
    assert np.nanmax(np.abs(together - alone)) < 5e-7


def test_missing_file_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="model_path"):
        OutcomeModel(tmp_path / "none.onnx")


def test_damaged_file_names_the_setting(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes((MODELS / "outcome.onnx").read_bytes()[:100])

    with pytest.raises(UserError, match="not a usable ONNX file"):
        OutcomeModel(damaged)


def test_model_of_other_features_is_refused(tmp_path: Path) -> None:
    other = onnx.load(MODELS / "outcome.onnx")
    helper.set_model_props(other, {"columns": "logit,weather", "model_version": "other"})
    onnx.save(other, tmp_path / "other.onnx")

    with pytest.raises(UserError, match="other features"):
        OutcomeModel(tmp_path / "other.onnx")
