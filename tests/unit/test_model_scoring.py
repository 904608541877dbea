"""Legs of a batch scored: what the model says, and where something stands in."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from betpnl.contract.records import Leg
from betpnl.model.margin import Floats, power
from betpnl.model.outcome import OutcomeModel
from betpnl.model.recipe import Recipe
from betpnl.model.score_chances import State, decided_chance, market_chances, rates_before
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


def before_the_game(
    prices: dict[str, float], home: int = 1, away: int = 0, **more: Any
) -> list[Leg]:
    """A bet in play on each selection of a market that has no price since the game began."""
    fields: dict[str, Any] = {
        "market_odds": None, "pre_match_odds": prices, "in_play": True, "minute": 60,
        "score_home": home, "score_away": away, **more,
    }  # fmt: skip
    return [
        leg(**{"selection": name, "odds": Decimal(str(odds)), **fields})
        for name, odds in prices.items()
    ]


@pytest.mark.parametrize(
    ("market", "prices", "score"),
    [
        ("draw_no_bet", {"home": 1.7, "away": 2.2}, (5, 0)),
        ("both_teams_to_score", {"yes": 1.9, "no": 1.9}, (4, 0)),
        ("match_result", {**PRICES, "other": 50.0}, (2, 0)),
        ("corners", {"over": 1.8, "under": 2.1}, (2, 0)),
    ],
)
def test_where_goals_do_not_tell_prices_from_before_the_game_stand_and_are_no_word_of_the_model(
    market: str, prices: dict[str, float], score: tuple[int, int]
) -> None:
    legs = before_the_game(prices, *score, market=market)

    scores = score_legs(MODEL, legs)

    assert sum(score.probability for score in scores) == pytest.approx(1, abs=1e-9)
    assert not any(score.by_model for score in scores)
    as_then = [leg(selection=name, market=market, market_odds=prices) for name in prices]
    assert [score.probability for score in scores] == pytest.approx(
        [score.probability for score in score_legs(MODEL, as_then)], abs=1e-9
    )


def test_before_the_game_its_prices_are_of_the_moment_by_either_name() -> None:
    one, other = score_legs(MODEL, [leg(), leg(market_odds=None, pre_match_odds=PRICES)])

    assert other[:3] == one[:3]


def test_own_odds_that_moved_since_say_more_than_the_market_before_the_game() -> None:
    moved = before_the_game({"home": 1.7, "away": 2.2}, market="draw_no_bet", odds=Decimal("1.02"))
    alone = leg(market="draw_no_bet", in_play=True, minute=60, market_odds=None,
                odds=Decimal("1.02"))  # fmt: skip

    found, expected = score_legs(MODEL, [moved[0], alone])

    assert found == expected
    assert found.by_model


@pytest.mark.parametrize(
    ("market", "line", "won", "lost", "score"),
    [
        ("total_goals", "2.25", "over", "under", (4, 1)),
        ("total_goals", "2.5", "over", "under", (2, 1)),
        ("total_points", "180.5", "over", "under", (100, 81)),
        ("both_teams_to_score", "", "yes", "no", (4, 1)),
    ],
)
@pytest.mark.parametrize("market_odds", [None, {}], ids=["before the game", "of the moment"])
def test_what_the_score_has_decided_is_all_but_certain_whatever_the_prices(
    market: str, line: str, won: str, lost: str, score: tuple[int, int], market_odds: Any
) -> None:
    prices = {won: 1.9, lost: 1.95}
    legs = before_the_game(prices, *score, market=market, line=line,
                           market_odds=prices if market_odds is not None else None)  # fmt: skip

    first, second = score_legs(MODEL, legs)

    assert (first.probability, second.probability) == pytest.approx((1 - 1e-6, 1e-6), abs=1e-12)
    assert (first.likeliest, second.likeliest) == (True, False)
    assert first.by_model
    assert second.by_model


@pytest.mark.parametrize(
    ("market", "line", "selection", "score"),
    [
        ("total_goals", "2.75", "over", (2, 1)),
        ("total_goals", "3", "under", (2, 1)),
        ("both_teams_to_score", "", "no", (4, 0)),
        ("match_result", "", "home", (9, 0)),
        ("odd_even", "", "odd", (2, 1)),
        ("correct_score", "", "3-1", (2, 0)),
    ],
)
def test_what_a_goal_can_still_change_is_not_decided(
    market: str, line: str, selection: str, score: tuple[int, int]
) -> None:
    one = leg(market=market, line=line, selection=selection, in_play=True,
              score_home=score[0], score_away=score[1])  # fmt: skip

    assert decided_chance(one) is None
    over = msgspec.structs.replace(one, market="total_goals", line="0.5", selection="over")
    assert decided_chance(over) is not None
    assert decided_chance(msgspec.structs.replace(over, in_play=False)) is None


def test_scores_that_cannot_come_any_more_leave_their_share_to_the_others() -> None:
    prices = {"0-0": 9.0, "1-0": 7.0, "2-0": 9.0, "2-1": 8.0, "any other": 1.9}
    legs = before_the_game(prices, 2, 0, market="correct_score")

    scores = dict(zip(prices, score_legs(MODEL, legs), strict=True))

    assert scores["0-0"].probability == scores["1-0"].probability == 1e-6
    assert sum(score.probability for score in scores.values()) == pytest.approx(1, abs=3e-6)
    assert [score.by_model for score in scores.values()] == [True, True, False, False, False]


@pytest.mark.parametrize("line", ["2.25", "2.75", "3.25"])
def test_a_quarter_line_follows_the_score_between_the_lines_beside_it(line: str) -> None:
    prices = {"over": 1.9, "under": 1.95}

    def over(at: str) -> float:
        state = State(rates, 60.0, 1, 0)
        return market_chances(MODEL.recipe.tempo, state, "total_goals", at, tuple(prices))["over"]

    rates = rates_before(MODEL.recipe, [("total_goals", line, prices)])
    assert rates is not None
    found = score_legs(MODEL, before_the_game(prices, market="total_goals", line=line))

    assert sum(score.probability for score in found) == pytest.approx(1, abs=1e-9)
    assert all(score.by_model for score in found)
    low, high = (f"{float(line) + step:g}" for step in (0.25, -0.25))
    assert over(low) < found[0].probability < over(high)


def test_extreme_odds_stay_probabilities() -> None:
    legs = [leg(market_odds=None, odds=Decimal(odds)) for odds in ("1.0000001", "1E+300", "1.001")]

    for score in score_legs(MODEL, legs):
        assert 1e-6 <= score.probability <= 1 - 1e-6
