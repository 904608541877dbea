"""Feature code: what training and serving share."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.model.features import (
    COLUMNS,
    DURATION_MIN,
    SPORTS,
    fallback_probability,
    feature_matrix,
    market_overround,
    sport_codes,
    usable_market,
)

ANY_FLOAT = st.floats(allow_nan=True, allow_infinity=True, width=64)
FOOTBALL = SPORTS.index("football")


def one_row(
    odds: float,
    overround: float,
    selections: float = 2,
    sport: int = FOOTBALL,
    in_play: bool = False,
    minute: float = 0,
) -> dict[str, float]:
    row = feature_matrix(
        np.array([odds]), np.array([overround]), np.array([selections]), np.array([sport]),
        np.array([in_play]), np.array([minute]),
    )  # fmt: skip
    return dict(zip(COLUMNS, row[0].tolist(), strict=True))


def test_every_sport_has_a_duration_and_a_column() -> None:
    assert len(DURATION_MIN) == len(SPORTS) + 1
    assert [f"logit_{sport}" for sport in SPORTS] == list(COLUMNS[-len(SPORTS) :])


def test_logit_is_of_the_margin_free_price() -> None:
    row = one_row(odds=2.0, overround=1.25)

    assert row["logit"] == pytest.approx(np.log(0.4 / 0.6))
    assert row["logit_football"] == row["logit"]
    assert row["logit_cricket"] == row["logit_in_play"] == row["log_outcomes"] == 0


def test_minute_counts_in_play_only_and_by_the_sports_length() -> None:
    logit = one_row(1.5, 1.05)["logit"]

    assert one_row(1.5, 1.05, in_play=True, minute=45)["logit_progress"] == pytest.approx(logit / 2)
    assert one_row(1.5, 1.05, in_play=True, minute=999)["logit_progress"] == pytest.approx(logit)
    assert one_row(1.5, 1.05, in_play=False, minute=45)["logit_progress"] == 0


def test_unknown_minute_or_sport_counts_as_half_time() -> None:
    logit = one_row(1.5, 1.05)["logit"]

    unknown_minute = one_row(1.5, 1.05, in_play=True, minute=float("nan"))
    unknown_sport = one_row(1.5, 1.05, sport=-1, in_play=True, minute=3)

    assert unknown_minute["logit_progress"] == pytest.approx(logit / 2)
    assert unknown_sport["logit_progress"] == pytest.approx(logit / 2)
    assert all(unknown_sport[f"logit_{sport}"] == 0 for sport in SPORTS)


@given(home=st.floats(1.01, 100), away=st.floats(1.01, 100), in_play=st.booleans())
def test_two_sides_of_a_market_are_each_others_negative(
    home: float, away: float, in_play: bool
) -> None:
    overround, _ = market_overround("home", {"home": home, "away": away})

    rows = [one_row(odds, overround, in_play=in_play, minute=10) for odds in (home, away)]

    for name in COLUMNS:
        if np.isnan(overround):
            assert np.isnan(rows[0][name])
        else:
            assert rows[0][name] == pytest.approx(-rows[1][name], abs=1e-5)


@given(data=st.lists(st.tuples(ANY_FLOAT, ANY_FLOAT, ANY_FLOAT, ANY_FLOAT, st.integers(-9, 99))))
def test_no_row_raises_and_a_row_is_finite_exactly_where_its_market_is_usable(
    data: list[tuple[float, float, float, float, int]],
) -> None:
    odds, overround, selections, minute = (
        np.array([row[column] for row in data], dtype=np.float64) for column in range(4)
    )
    sport = np.array([row[4] for row in data], dtype=np.int64)

    matrix = feature_matrix(odds, overround, selections, sport, sport > 3, minute)

    assert matrix.shape == (len(data), len(COLUMNS))
    assert matrix.dtype == np.float32
    usable = usable_market(odds, overround, selections)
    assert np.array_equal(np.isfinite(matrix).all(axis=1), usable)
    assert np.isnan(matrix[~usable]).all()


@given(odds=ANY_FLOAT, overround=ANY_FLOAT)
def test_fallback_is_always_a_probability(odds: float, overround: float) -> None:
    (probability,) = fallback_probability(np.array([odds]), np.array([overround]))

    assert 1e-6 <= probability <= 1 - 1e-6


def test_fallback_is_the_margin_free_price_else_the_price() -> None:
    probability = fallback_probability(np.array([2.0, 2.0]), np.array([1.25, np.nan]))

    assert probability.tolist() == pytest.approx([0.4, 0.5])


def test_overround_takes_decimals_as_they_come_in_records() -> None:
    market = {"home": Decimal("2.10"), "draw": Decimal("3.4"), "away": 3.6}

    overround, selections = market_overround("draw", market)

    assert overround == pytest.approx(1 / 2.1 + 1 / 3.4 + 1 / 3.6)
    assert selections == 3


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
    overround, selections = market_overround("home", market)

    assert np.isnan(overround)
    assert selections == 0


def test_sport_codes_are_places_in_the_list() -> None:
    assert sport_codes(["cricket", "tennis", "football"]).tolist() == [4, -1, 0]
