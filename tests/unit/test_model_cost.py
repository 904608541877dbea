"""Bets of bench/model_cost.py: each kind goes the way through the model that it is named for."""

import importlib
from itertools import islice
from pathlib import Path
from types import ModuleType

import pytest

from betpnl.contract.records import Bet
from betpnl.games import load_games
from betpnl.model.outcome import OutcomeModel
from betpnl.model.score_chances import in_play_chance, joint_chance
from tests.unit.contract_records import READERS

BENCH = Path(__file__).resolve().parents[2] / "bench"
MODEL = OutcomeModel(Path("models/outcome.onnx"))


@pytest.fixture
def bets(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCH)
    return importlib.import_module("model_bets")


@pytest.fixture
def cost(bets: ModuleType) -> ModuleType:  # noqa: ARG001 (puts bench/ on the path)
    return importlib.import_module("model_cost")


def some(bets: ModuleType, messages: object, count: int = 250) -> list[Bet]:
    found: list[Bet] = bets.read(READERS["bets"], list(islice(messages, count)))  # type: ignore[call-overload]
    return found


@pytest.mark.parametrize(
    ("repeated", "games", "prices"), [(True, 0, 200), (False, 0, 250), (False, 3, 3)]
)
def test_football_by_its_score_is_scored_by_the_goals_model(
    bets: ModuleType, repeated: bool, games: int, prices: int
) -> None:
    found = some(bets, bets.in_play(repeated=repeated, games=games))

    assert all(in_play_chance(MODEL.recipe, bet.legs[0]) is not None for bet in found)
    assert (found[0] == found[bets.KEPT]) is repeated
    assert len({str(bet.legs[0].pre_match_odds) for bet in found}) == prices


@pytest.mark.parametrize("repeated", [True, False])
def test_builders_have_a_joint_chance(bets: ModuleType, repeated: bool) -> None:
    found = some(bets, bets.builders(repeated=repeated))

    assert all(joint_chance(MODEL.recipe, bet.legs) is not None for bet in found)
    assert (found[0] == found[bets.KEPT]) is repeated


def test_singles_are_scored_in_their_market(bets: ModuleType) -> None:
    found = some(bets, bets.singles(load_games()[::50]))

    assert all(bet.legs[0].selection in (bet.legs[0].market_odds or {}) for bet in found)
    assert len({bet.legs[0].sport for bet in found}) > 3


def test_every_variant_is_measured_by_what_the_job_runs(cost: ModuleType) -> None:
    for variant in cost.variants(load_games()[::50], {"logistic": MODEL}):
        for work in variant.works.values():
            messages = list(islice(variant.messages, 3))
            made = work(messages)()
            assert len(made) == len(messages)
            # A row of a message that is no bet has its reason first.
            assert all(row[0] is None for row in made if isinstance(row, list))
