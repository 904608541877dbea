"""Training: no leak, no drift from serving, the same bytes every time."""

import json
from pathlib import Path

import numpy as np
import pytest

from betpnl.games import Game, load_games
from betpnl.model.features import COLUMNS, SPORTS
from betpnl.model.outcome import OutcomeModel
from betpnl.model.training.card import render_card
from betpnl.model.training.export import to_onnx
from betpnl.model.training.fitting import MARKET, fit, sigmoid
from betpnl.model.training.run import HELD_OUT, train
from betpnl.model.training.samples import Samples, make_samples, split_by_time
from betpnl.model.training.scores import bootstrap_by_game, compare, log_loss

MODELS = Path(__file__).resolve().parents[2] / "models"


@pytest.fixture(scope="module")
def games() -> list[Game]:
    return load_games()


@pytest.fixture(scope="module")
def samples(games: list[Game]) -> Samples:
    return make_samples(games)


def test_no_game_and_no_day_of_a_sport_is_on_both_sides(samples: Samples) -> None:
    earlier, later, first_days = split_by_time(samples, HELD_OUT)

    assert len(earlier) + len(later) == len(samples)
    assert not set(earlier.game.tolist()) & set(later.game.tolist())
    for sport, first_day in first_days.items():
        assert earlier.day[earlier.sport == sport].max() < first_day.toordinal()
        assert later.day[later.sport == sport].min() == first_day.toordinal()
        held_out = len(np.unique(later.game[later.sport == sport]))
        everyone = len(np.unique(samples.game[samples.sport == sport]))
        assert held_out / everyone == pytest.approx(HELD_OUT, abs=0.05)


def test_features_do_not_move_with_the_result(samples: Samples) -> None:
    upside_down = Samples(**{**samples.__dict__, "target": 1 - samples.target})

    assert np.array_equal(samples.features(), upside_down.features())


def test_features_of_a_checkpoint_do_not_move_with_later_prices(games: list[Game]) -> None:
    game = next(g for g in games if sum(bool(c.prices) for c in g.checkpoints) > 2)
    whole = make_samples([game])
    start_only = make_samples([game]).take(~whole.in_play)

    assert np.array_equal(whole.features()[~whole.in_play], start_only.features())
    assert set(whole.target.tolist()) <= {0.0, 0.5, 1.0}


def test_the_served_model_gives_what_training_computed(samples: Samples) -> None:
    some = samples.take(np.arange(0, len(samples), 37))
    record = json.loads((MODELS / "outcome.json").read_text())
    weights = np.array([record["weights"][name] for name in COLUMNS])

    served = OutcomeModel(MODELS / "outcome.onnx").predict(some.features())

    assert served == pytest.approx(sigmoid(some.features().astype(np.float64) @ weights), abs=1e-6)


def test_same_games_and_seed_give_the_same_bytes_and_card(games: list[Game]) -> None:
    some = games[::20]

    one = train(some, release="test", seed=3, draws=20)
    two = train(some, release="test", seed=3, draws=20)

    assert one == two
    assert render_card(one.record) == render_card(two.record)


def test_one_more_game_gives_another_version(games: list[Game]) -> None:
    some = games[::20]

    versions = {
        train(part, release="test", draws=2).record["model_version"] for part in (some, some[5:])
    }

    assert len(versions) == 2


def test_shipped_model_is_what_its_data_give(games: list[Game]) -> None:
    record = json.loads((MODELS / "outcome.json").read_text())

    again = train(games, release="2026.11", draws=2).record

    # another BLAS may differ in the last decimal, no more
    for name in COLUMNS:
        assert again["weights"][name] == pytest.approx(record["weights"][name], abs=2e-6)
    for figure in ("games", "selections", "log_loss", "log_loss_market", "brier"):
        shipped, found = record["held_out"]["all"][figure], again["held_out"]["all"][figure]
        assert found == pytest.approx(shipped, abs=2e-6), figure


def test_shipped_model_is_no_worse_than_the_market_and_far_better_than_even() -> None:
    overall = json.loads((MODELS / "outcome.json").read_text())["held_out"]["all"]

    assert overall["log_loss_difference_low"] <= 0
    assert overall["log_loss"] < overall["base_rate_log_loss"] - 0.1
    # public odds hold no more than this: a larger gain would be a leak
    assert overall["log_loss_difference"] > -0.01


def test_heavy_penalty_returns_the_market() -> None:
    random = np.random.default_rng(0)
    features = random.normal(size=(500, len(COLUMNS))).astype(np.float32)

    weights = fit(features, (random.random(500) < 0.5).astype(np.float64), penalty=1e12)

    assert weights == pytest.approx(MARKET, abs=1e-5)


def test_light_penalty_finds_the_weights_that_made_the_data() -> None:
    random = np.random.default_rng(0)
    features = random.normal(size=(60_000, len(COLUMNS))).astype(np.float32)
    true = np.linspace(-0.5, 1.0, len(COLUMNS))
    target = random.random(len(features)) < sigmoid(features.astype(np.float64) @ true)

    weights = fit(features, target.astype(np.float64), penalty=1e-6)

    assert weights == pytest.approx(true, abs=0.06)


def test_column_that_is_all_zero_keeps_its_weight_of_zero() -> None:
    features = np.zeros((100, len(COLUMNS)), np.float32)
    features[:, 0] = np.linspace(-2, 2, 100)

    weights = fit(features, (features[:, 0] > 0).astype(np.float64), penalty=1.0)

    assert weights[1:].tolist() == [0.0] * (len(COLUMNS) - 1)


def test_version_follows_the_weights_and_is_readable_from_the_file(tmp_path: Path) -> None:
    content, version = to_onnx(MARKET, "2099.01")
    other, other_version = to_onnx(MARKET * 1.1, "2099.01")
    (tmp_path / "model.onnx").write_bytes(content)

    assert to_onnx(MARKET, "2099.01") == (content, version)
    assert version.startswith("logit-2099.01-")
    assert version != other_version
    assert content != other
    assert OutcomeModel(tmp_path / "model.onnx").version == version


def test_market_against_itself_shows_no_difference(samples: Samples) -> None:
    found = compare(samples, samples.margin_free(), draws=10, seed=0)

    assert found.log_loss_difference == 0
    assert (found.log_loss_difference_low, found.log_loss_difference_high) == (0, 0)
    assert found.brier == found.brier_market


def test_bootstrap_by_game_is_wider_than_by_row_when_rows_move_together() -> None:
    random = np.random.default_rng(0)
    game = np.repeat(np.arange(200), 20)
    values = np.repeat(random.normal(size=200), 20)

    low, high = bootstrap_by_game(game, values, draws=400, seed=0)
    row_low, row_high = bootstrap_by_game(np.arange(len(game)), values, draws=400, seed=0)

    assert low < values.mean() < high
    assert high - low > 3 * (row_high - row_low)


def test_log_loss_is_finite_at_the_ends_and_least_at_the_truth() -> None:
    assert np.isfinite(log_loss(np.array([0.0, 1.0]), np.array([1.0, 0.0]))).all()
    half = np.full(3, 0.5)
    losses = log_loss(np.array([0.4, 0.5, 0.6]), half)
    assert losses.argmin() == 1


def test_every_sport_is_judged() -> None:
    groups = json.loads((MODELS / "outcome.json").read_text())["held_out"]["groups"]

    assert {name.split(",")[0] for name in groups} == set(SPORTS)
