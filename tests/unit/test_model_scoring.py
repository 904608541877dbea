"""Legs of a batch scored: what the model says, and where something stands in."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from betpnl.contract.records import Leg
from betpnl.model.margin import Floats, power
from betpnl.model.outcome import OutcomeModel
from betpnl.model.recipe import Recipe
from betpnl.model.scoring import score_legs

MODEL = OutcomeModel(Path("models/outcome.onnx"))
TOTALS = {"over": 2.0, "under": 2.0}
PRICES = {"home": 2.35, "draw": 3.4, "away": 3.1}


class Broken:
    """Says nothing of any row."""

    version = "broken"
    recipe: Recipe = MODEL.recipe

    def predict(self, features: Any) -> Floats:
        return np.full(len(features), np.nan)


def leg(**fields: Any) -> Leg:
    known: dict[str, Any] = {
        "leg": 1, "game_id": "g", "sport": "football", "market": "match_result",
        "selection": "home", "odds": Decimal("2.35"), "market_odds": PRICES,
    }  # fmt: skip
    return Leg(**{**known, **fields})


def test_a_market_shares_out_one_and_tells_its_likeliest() -> None:
    scores = score_legs(MODEL, [leg(selection=name) for name in PRICES])

    assert sum(score.probability for score in scores) == pytest.approx(1, abs=1e-7)
    assert [score.likeliest for score in scores] == [True, False, False]
    assert all(score.by_model for score in scores)
    overround = sum(1 / odds for odds in PRICES.values())
    assert [score.margin for score in scores] == pytest.approx([1 - 1 / overround] * 3)


def test_a_leg_scores_the_same_in_any_company() -> None:
    legs = [
        leg(),
        leg(market_odds=None),
        leg(market_odds={"home": 1.0, "away": 2.0}),
        leg(selection="away", sport="tennis", in_play=True, minute=10),
        leg(market_odds={"home": 2.0}),
        leg(market="total_goals", line="2.5", selection="over", market_odds=TOTALS),
        leg(in_play=True, minute=50, score_home=1, score_away=0, market_odds=None,
            pre_match_odds=PRICES),
        leg(market_odds=None, sport="tennis"),
    ]  # fmt: skip

    together = score_legs(MODEL, legs)
    backwards = score_legs(MODEL, legs[::-1])[::-1]

    for one, alone, other in zip(
        together, (score_legs(MODEL, [each])[0] for each in legs), backwards, strict=True
    ):
        assert one.probability == pytest.approx(alone.probability, abs=5e-8)
        assert one.probability == pytest.approx(other.probability, abs=5e-8)
        assert one[1:] == alone[1:] == other[1:]
    assert [score.by_model for score in together] == [
        True, True, False, True, False, True, True, False,
    ]  # fmt: skip


def test_legs_that_share_their_markets_odds_score_as_if_each_had_its_own() -> None:
    bad = {"home": 1.0, "away": 2.0}
    legs = [
        *(leg(selection=name, market_odds=TOTALS) for name in TOTALS),
        *(leg(selection=name, market_odds=bad) for name in bad),
        *(leg(selection=name) for name in PRICES),
        *(leg(selection=name, in_play=True, sport="tennis", minute=9) for name in PRICES),
        leg(selection="away", sport="tennis", in_play=True, minute=10),
    ]

    shared = score_legs(MODEL, legs)

    assert [score.by_model for score in shared] == [True] * 2 + [False] * 2 + [True] * 7
    for one, each in zip(shared, legs, strict=True):
        (alone,) = score_legs(MODEL, [each])
        assert one.probability == pytest.approx(alone.probability, abs=5e-8)
        assert one[1:] == alone[1:]


def test_a_leg_with_its_own_odds_alone_gives_up_the_usual_margin() -> None:
    (score,) = score_legs(MODEL, [leg(market_odds=None)])

    usual = MODEL.recipe.overrounds["football/match_result"]
    assert score.by_model
    assert score.probability == pytest.approx(1 / 2.35 / usual, abs=0.01)
    assert score.margin == 0


@pytest.mark.parametrize(
    ("market", "sport"),
    [
        ({"away": 2.0}, "football"),
        ({"home": 2.35}, "football"),
        ({"home": -3.0, "away": 2.0}, "football"),
        ({"home": 1e300, "away": 1e300}, "football"),
        ({"home": float("nan"), "away": 2.0}, "football"),
        (None, "tennis"),
        ({}, "tennis"),
    ],
)
def test_what_the_model_cannot_use_falls_back_on_the_price(market: Any, sport: str) -> None:
    (score,) = score_legs(MODEL, [leg(market_odds=market, sport=sport)])

    usual = MODEL.recipe.overround(sport, "match_result") or 1.0
    assert not score.by_model
    assert score.probability == pytest.approx(1 / 2.35 / usual)
    assert score.margin == 0


def test_where_the_model_gives_no_number_the_margin_free_price_stands_in() -> None:
    (score,) = score_legs(Broken(), [leg()])

    assert not score.by_model
    free = power(np.array(list(PRICES.values())), np.array([0]))
    assert score.probability == pytest.approx(free[0])


def test_no_legs_need_no_model() -> None:
    assert score_legs(Broken(), []) == []


def test_extreme_odds_stay_probabilities() -> None:
    legs = [leg(market_odds=None, odds=Decimal(odds)) for odds in ("1.0000001", "1E+300", "1.001")]

    for score in score_legs(MODEL, legs):
        assert 1e-6 <= score.probability <= 1 - 1e-6
