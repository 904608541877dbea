"""Margins taken out: known values, and what each way has to keep."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.model.margin import METHODS, Method, power, proportional, shin

MARKETS = st.lists(
    st.lists(st.floats(1.02, 200), min_size=2, max_size=8).filter(
        lambda prices: 0.6 < sum(1 / price for price in prices) < 2.5
    ),
    min_size=1,
    max_size=5,
)


def one(method: Method, *odds: float) -> list[float]:
    free: list[float] = METHODS[method](np.array(odds), np.array([0])).tolist()
    return free


def test_known_values() -> None:
    # Shin's: the example of the package `shin` on PyPI, which iterates where this bisects.
    assert one("shin", 2.6, 2.4, 4.3) == pytest.approx(
        [0.37299406033208965, 0.4047794109200184, 0.2222265287474275], abs=1e-9
    )
    assert one("proportional", 2.0, 2.0, 4.0) == pytest.approx([0.4, 0.4, 0.2])
    # (1/2)**k + (1/4)**k = 1 where (1/2)**k is the golden ratio's inverse.
    golden = (5**0.5 - 1) / 2
    assert one("power", 2.0, 4.0) == pytest.approx([golden, golden**2])


@pytest.mark.parametrize("method", METHODS)
@given(markets=MARKETS)
def test_markets_add_up_to_one_and_keep_their_order(
    method: Method, markets: list[list[float]]
) -> None:
    starts = np.cumsum([0, *map(len, markets[:-1])])

    free = METHODS[method](np.array([price for each in markets for price in each]), starts)

    assert ((free > 0) & (free < 1)).all()
    for start, prices in zip(starts.tolist(), markets, strict=True):
        mine = free[start : start + len(prices)]
        assert mine.sum() == pytest.approx(1, abs=1e-9)
        assert (np.diff(mine[np.argsort(prices)]) <= 1e-12).all()
        assert mine == pytest.approx(one(method, *prices), abs=1e-9)


def test_long_shot_keeps_less_than_its_share_of_the_price() -> None:
    odds, starts = np.array([1.1, 7.0]), np.array([0])

    assert power(odds, starts)[1] < proportional(odds, starts)[1]
    assert shin(odds, starts)[1] < proportional(odds, starts)[1]


@pytest.mark.parametrize("method", METHODS)
def test_fair_prices_are_left_as_they_are(method: Method) -> None:
    assert one(method, 2.5, 2.5, 5.0) == pytest.approx([0.4, 0.4, 0.2])


@pytest.mark.parametrize("method", METHODS)
def test_no_market_gives_nothing_back(method: Method) -> None:
    assert METHODS[method](np.empty(0), np.empty(0, np.int64)).shape == (0,)
