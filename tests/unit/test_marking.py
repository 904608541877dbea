"""Marks: what the model says of a market's selections as prices and game stand."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from betpnl.contract.records import Leg
from betpnl.marking import Marks, mark_market
from betpnl.model.margin import Floats
from betpnl.model.outcome import FALLBACK_VERSION, OutcomeModel
from betpnl.model.recipe import Recipe
from betpnl.model.scoring import score_legs
from betpnl.packing import FIELD, ROW

MODEL = OutcomeModel(Path("models/outcome.onnx"))
START_MS = 1_800_000_000_000
PRICES = {"home": "2.1", "draw": "3.4", "away": "3.6"}


def packed(prices: dict[str, str] | None = None) -> str:
    rows = ((name, odds, "0.33333333") for name, odds in (prices or PRICES).items())
    return ROW.join(FIELD.join(row) for row in rows)


def moment(**fields: Any) -> str:
    known: dict[str, Any] = {
        "market": "match_result", "line": "", "priced_ms": START_MS - 60_000, "sport": "football",
        "status": "scheduled", "starts_ms": START_MS, "minute": "", "home": "", "away": "",
    }  # fmt: skip
    assert fields.keys() <= known.keys()
    return FIELD.join(str(value) for value in {**known, **fields}.values())


def marks(prices: dict[str, str] | None = None, **fields: Any) -> dict[str, Decimal]:
    rows = mark_market(MODEL, packed(prices), moment(**fields)).split(ROW)
    return {
        name: Decimal(probability) for name, _, probability, _ in (row.split(FIELD) for row in rows)
    }


def of_a_bet(**fields: Any) -> dict[str, Decimal]:
    """What a bet on each selection would be scored with."""
    market = {name: float(odds) for name, odds in PRICES.items()}
    known: dict[str, Any] = {
        "leg": 1, "game_id": "g", "sport": "football", "market": "match_result",
        "market_odds": market,
    }  # fmt: skip
    legs = [
        Leg(**{**known, "selection": name, "odds": Decimal(odds), **fields})
        for name, odds in PRICES.items()
    ]
    return {
        leg.selection: Decimal(f"{score.probability:.8f}")
        for leg, score in zip(legs, score_legs(MODEL, legs), strict=True)
    }


def test_before_the_game_a_mark_is_what_a_bet_would_be_scored_with() -> None:
    found = marks()

    assert found == of_a_bet()
    assert sum(found.values()) == pytest.approx(1, abs=2e-8)


def test_each_row_carries_its_odds_and_the_version_that_gave_it() -> None:
    rows = [row.split(FIELD) for row in mark_market(MODEL, packed(), moment()).split(ROW)]

    assert [(name, odds) for name, odds, *_ in rows] == list(PRICES.items())
    assert {version for *_, version in rows} == {MODEL.version}


def test_football_whose_price_is_from_before_the_game_follows_its_score() -> None:
    level = marks(status="live", minute=30, home=0, away=0)
    ahead = marks(status="live", minute=30, home=1, away=0)
    late = marks(status="live", minute=85, home=1, away=0)

    assert level["home"] < ahead["home"] < late["home"]
    assert ahead == of_a_bet(
        in_play=True, minute=30, score_home=1, score_away=0,
        pre_match_odds={name: float(odds) for name, odds in PRICES.items()},
    )  # fmt: skip


def test_a_price_made_in_play_is_believed_and_not_the_score() -> None:
    fields = {"status": "live", "minute": 30, "priced_ms": START_MS + 1}

    assert marks(home=0, away=0, **fields) == marks(home=3, away=0, **fields)


def test_without_a_start_a_price_counts_as_one_of_the_moment() -> None:
    fields = {"status": "live", "minute": 30, "starts_ms": ""}

    assert marks(home=0, away=0, **fields) == marks(home=3, away=0, **fields)


def test_a_mark_from_before_the_game_that_no_score_tells_of_stays() -> None:
    prices = {"home": "1.7", "away": "2.2"}
    fields = {"market": "draw_no_bet", "minute": 89, "home": 5, "away": 0}

    # The whistle alone moves nothing.
    rows = mark_market(MODEL, packed(prices), moment(status="live", **fields)).split(ROW)

    assert {row.split(FIELD)[3] for row in rows} == {MODEL.version}
    assert marks(prices, status="live", **fields) == marks(prices, market="draw_no_bet")


@pytest.mark.parametrize("priced_ms", [START_MS - 1, START_MS + 1])
@pytest.mark.parametrize(
    ("market", "line", "names"),
    [("total_goals", "2.25", ("over", "under")), ("both_teams_to_score", "", ("yes", "no"))],
)
def test_what_a_score_has_decided_for_good_needs_no_end_of_the_game(
    market: str, line: str, names: tuple[str, str], priced_ms: int
) -> None:
    found = marks(
        dict.fromkeys(names, "1.9"),
        market=market, line=line, status="live", minute=60, home=4, away=1, priced_ms=priced_ms,
    )  # fmt: skip

    assert found == dict(zip(names, (Decimal("0.999999"), Decimal("0.000001")), strict=True))


def test_once_ended_the_score_has_decided() -> None:
    found = marks(status="ended", minute="", home=2, away=2)

    assert found["draw"] > Decimal("0.9999")
    assert found["home"] < Decimal("0.0001")


@pytest.mark.parametrize(
    ("market", "line", "prices", "winner"),
    [
        ("both_teams_to_score", "", {"yes": "1.8", "no": "2"}, "yes"),
        ("total_goals", "3.5", {"over": "2", "under": "1.8"}, "over"),
        ("moneyline", "", {"home": "1.5", "away": "2.6"}, "home"),
    ],
)
def test_the_score_decides_whatever_market_it_can_and_whenever_it_was_priced(
    market: str, line: str, prices: dict[str, str], winner: str
) -> None:
    for priced_ms in (START_MS - 1, START_MS + 1):
        found = marks(
            prices, market=market, line=line, priced_ms=priced_ms, status="ended", home=3, away=1
        )
        assert {name: p > Decimal("0.5") for name, p in found.items()} == {
            name: name == winner for name in prices
        }
        assert sum(found.values()) == 1


def test_what_is_given_back_is_left_to_the_model() -> None:
    found = marks(
        {"over": "1.9", "under": "1.9"},
        market="total_goals", line="4", status="ended", home=3, away=1,
    )  # fmt: skip

    assert found["over"] == found["under"] == Decimal("0.5")


def test_a_game_that_nobody_announced_is_marked_by_its_prices() -> None:
    found = marks(sport="", status="", starts_ms="")

    assert sum(found.values()) == pytest.approx(1, abs=2e-8)
    assert found["home"] > found["draw"] > found["away"]


def test_a_market_with_two_winners_is_not_taken_for_one_with_one() -> None:
    prices = {"1x": "1.3", "12": "1.3", "x2": "1.6"}

    rows = mark_market(MODEL, packed(prices), moment(market="double_chance")).split(ROW)

    assert {row.split(FIELD)[3] for row in rows} == {FALLBACK_VERSION}


def test_one_from_before_that_the_model_cannot_score_takes_its_margin_free_price() -> None:
    fields = {"market": "draw_no_bet", "status": "live", "minute": 89, "home": 5, "away": 0}
    rows = mark_market(Silent(), packed({"home": "1.7", "away": "2.2"}), moment(**fields))

    assert [row.split(FIELD)[2:] for row in rows.split(ROW)] == [
        ["0.33333333", FALLBACK_VERSION]
    ] * 2


@dataclass
class Silent:
    """Says nothing of any row, and counts how often it was asked."""

    version: str = "silent"
    recipe: Recipe = MODEL.recipe
    asked: list[int] = field(default_factory=list)

    def predict(self, features: Any) -> Floats:
        self.asked.append(len(features))
        return np.full(len(features), np.nan)


@pytest.mark.parametrize(
    ("prices", "model"),
    [({"home": "2.1"}, MODEL), ({"home": "1000", "away": "1000"}, MODEL), (PRICES, Silent())],
)
def test_a_market_that_cannot_be_scored_takes_its_margin_free_prices_and_says_so(
    prices: dict[str, str], model: Any
) -> None:
    rows = [row.split(FIELD) for row in mark_market(model, packed(prices), moment()).split(ROW)]

    assert [row[0] for row in rows] == list(prices)
    assert {(row[2], row[3]) for row in rows} == {("0.33333333", FALLBACK_VERSION)}


def test_what_was_said_is_kept_until_prices_game_or_model_change() -> None:
    kept, silent, other = Marks(), Silent(), Silent(version="other")

    first = kept.mark(silent, packed(), moment())

    assert kept.mark(silent, packed(), moment()) == first
    assert len(silent.asked) == 1
    kept.mark(silent, packed(), moment(status="live"))
    kept.mark(silent, packed({"home": "2"}), moment())
    assert len(silent.asked) == 2
    kept.mark(other, packed(), moment())
    assert len(other.asked) == 1


def test_another_model_of_the_same_version_is_asked_anew() -> None:
    kept, old, new = Marks(), Silent(), Silent()

    for model in (old, new, new):
        kept.mark(model, packed(), moment())

    assert len(old.asked) == len(new.asked) == 1


def test_each_selection_of_a_market_is_asked_for_once() -> None:
    silent = Silent()

    mark_market(silent, packed({f"s{place}": "60" for place in range(64)}), moment())

    assert silent.asked == [64]
