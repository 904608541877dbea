"""Feature code: what training and serving share."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.model.features import (
    MARGIN_MAX,
    SHARED_COLUMNS,
    Markets,
    columns,
    fallback_probability,
    feature_matrix,
    is_total,
    margin_free,
    usable_market,
    usable_markets,
    within_market,
)
from betpnl.model.recipe import Recipe

ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True, width=64)
RECIPE = Recipe(method="proportional", sports={"football": 90.0, "cricket": 180.0})
FOOTBALL, CRICKET, OTHER = 0, 1, -1


def one_market(
    odds: list[float],
    sport: int = FOOTBALL,
    in_play: bool = False,
    minute: float = 0,
    total: bool = False,
) -> Markets:
    return Markets(
        np.array(odds), np.array([0]), np.array([sport]), np.array([in_play]),
        np.array([float(minute)]), np.array([total]),
    )  # fmt: skip


def first_row(*args: Any, **known: Any) -> dict[str, float]:
    markets = one_market(*args, **known)
    matrix = feature_matrix(RECIPE, markets, margin_free(RECIPE, markets))
    return dict(zip(columns(RECIPE), matrix[0].tolist(), strict=True))


def test_every_sport_has_its_columns() -> None:
    assert columns(RECIPE) == (
        *SHARED_COLUMNS,
        *("price_football", "price_football_in_play", "price_cricket", "price_cricket_in_play"),
    )
    assert columns(Recipe()) == SHARED_COLUMNS


def test_price_is_the_logarithm_of_the_margin_free_one() -> None:
    row = first_row([2.0, 4 / 3])

    assert row["price"] == pytest.approx(np.log(0.4))
    assert row["price_football"] == row["price"]
    assert row["price_cricket"] == row["price_in_play"] == row["price_outcomes"] == 0
    assert row["price_margin"] == pytest.approx(row["price"] * np.log(MARGIN_MAX))


def test_what_is_known_of_a_market_multiplies_the_price() -> None:
    price = first_row([3.0, 3.0, 3.0, 3.0])["price"]

    row = first_row([3.0, 3.0, 3.0, 3.0], in_play=True, total=True)

    assert row["price_outcomes"] == pytest.approx(price * np.log(2))
    assert row["price_total"] == row["price_in_play"] == row["price_football_in_play"] == price


def test_minute_counts_in_play_only_and_by_the_sports_length() -> None:
    price = first_row([1.5, 2.9])["price"]

    def progress(**known: Any) -> float:
        return first_row([1.5, 2.9], **known)["price_progress"]

    assert progress(in_play=True, minute=45) == pytest.approx(price / 2)
    assert progress(in_play=True, minute=45, sport=CRICKET) == pytest.approx(price / 4)
    assert progress(in_play=True, minute=999) == pytest.approx(price)
    assert progress(in_play=False, minute=45) == 0


def test_unknown_minute_or_sport_counts_as_half_time() -> None:
    price = first_row([1.5, 2.9])["price"]

    unknown_minute = first_row([1.5, 2.9], in_play=True, minute=float("nan"))
    unknown_sport = first_row([1.5, 2.9], sport=OTHER, in_play=True, minute=3)

    assert unknown_minute["price_progress"] == pytest.approx(price / 2)
    assert unknown_sport["price_progress"] == pytest.approx(price / 2)
    assert unknown_sport["price_football"] == unknown_sport["price_cricket"] == 0


@given(st.lists(st.lists(ANY_FLOAT, min_size=1, max_size=70), min_size=1, max_size=8))
def test_many_markets_are_judged_as_one_is(markets: list[list[float]]) -> None:
    starts = np.cumsum([0, *map(len, markets[:-1])])

    found = usable_markets(np.array([price for each in markets for price in each]), starts)

    for each, usable in zip(markets, found.tolist(), strict=True):
        named = {str(place): price for place, price in enumerate(each)}
        assert usable == (usable_market("0", named) is not None)


def test_a_market_takes_decimals_as_they_come_in_tables() -> None:
    market = {"home": Decimal("2.10"), "draw": Decimal("3.4"), "away": 3.6}

    assert usable_market("draw", market) == [2.1, 3.4, 3.6]


@pytest.mark.parametrize(
    "market",
    [
        None,
        {},
        {"away": 1.9},
        {"home": 1.9},
        {"away": 1.9, "draw": 3.0},
        {"home": 1.9, "away": 1.0},
        {"home": 1.9, "away": float("nan")},
        {"home": 1.9, "away": float("inf")},
        {"home": 1.9, "away": -2.0},
        {"home": 1.9, "away": None},
        {"home": 1.9, "away": "evens"},
        {"home": 1.9, "away": 10**400},
        {"home": Decimal("sNaN"), "away": 1.9},
        {"home": 9.0, "away": 9.0},
        {"home": 1.01, "draw": 1.01, "away": 1.01, "other": 1.01},
        {"home": 65.0, **{str(number): 65.0 for number in range(64)}},
    ],
)
def test_market_that_the_model_cannot_use_is_named_so(market: dict[str, Any] | None) -> None:
    assert usable_market("home", market) is None


def test_scores_of_a_market_are_made_to_add_up_to_one() -> None:
    markets = Markets(
        np.full(7, 3.0), np.array([0, 2, 5]), np.zeros(3, np.int64), np.zeros(3, np.bool_),
        np.zeros(3), np.zeros(3, np.bool_),
    )  # fmt: skip

    found = within_market(np.array([1.0, 3.0, 0.0, 0.0, 0.0, np.nan, 1.0]), markets)

    assert found[:2].tolist() == [0.25, 0.75]
    assert np.isnan(found[2:]).all()


def test_a_total_is_a_market_of_over_and_under() -> None:
    assert is_total({"over": 1.9, "under": 1.9})
    assert not is_total({"over": 1.9, "under": 1.9, "exactly": 5.0})
    assert not is_total({"home": 1.9, "away": 1.9})


@given(odds=ANY_FLOAT, overround=st.one_of(st.none(), st.floats(0.5, 3)))
def test_fallback_is_always_a_probability(odds: float, overround: float | None) -> None:
    assert 1e-6 <= fallback_probability(odds, overround) <= 1 - 1e-6


def test_fallback_is_the_margin_free_price_else_the_price() -> None:
    assert fallback_probability(2.0, 1.25) == pytest.approx(0.4)
    assert fallback_probability(2.0, None) == 0.5
    assert fallback_probability(float("nan"), None) == 0.5
