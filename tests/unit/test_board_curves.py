"""A curve's arithmetic: it ends at what stands now, and its steps are what was added."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.board.curve_points import Figures, Grid, walk_back
from betpnl.board.curves import WIDTHS_S, Scope, width_s

NOW = datetime(2026, 11, 25, 12, 34, 56, 789_000)
MONEY = st.decimals("-1e12", "1e12", places=4)
FIGURES = st.builds(Figures, MONEY, MONEY, MONEY, MONEY)
SPANS = st.sampled_from(sorted(WIDTHS_S))
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1))


def _sum(steps: list[Figures]) -> Figures:
    total = Figures()
    for step in steps:
        total = total.plus(step)
    return total


@given(TIMES, SPANS, st.sampled_from(["all", "sport", "game"]))
def test_times_are_whole_buckets_and_then_now(now: datetime, span: int, kind: str) -> None:
    width = width_s(Scope(kind), span)  # type: ignore[arg-type]
    points = walk_back(Grid.of(now, span, width), Figures(), {})

    times = [point.at for point in points]
    assert times[-1] == now
    assert timedelta(0) <= now - times[-2] < timedelta(seconds=width)
    assert times[-2] - times[0] == timedelta(minutes=span)
    assert {later - one for one, later in pairwise(times[:-1])} == {timedelta(seconds=width)}
    assert all(time.replace(tzinfo=UTC).timestamp() % width == 0 for time in times[:-1])
    assert len(points) <= 302


@given(TIMES, SPANS, FIGURES, st.dictionaries(st.integers(0, 320), FIGURES, max_size=20))
def test_it_ends_at_what_stands_now_and_each_step_is_what_its_bucket_added(
    now: datetime, span: int, present: Figures, steps: dict[int, Figures]
) -> None:
    grid = Grid.of(now, span, WIDTHS_S[span])
    points = walk_back(grid, present, steps)

    assert points[-1].figures == present
    assert points[0].figures.plus(_sum(list(steps.values()))) == present
    for bucket in range(grid.steps):
        before, after = points[bucket].figures, points[bucket + 1].figures
        assert before.plus(steps.get(bucket, Figures())) == after


def test_what_claims_to_come_from_the_future_came_with_the_last_point() -> None:
    grid = Grid.of(NOW, 1, 1)
    ten = Figures(Decimal(10), Decimal(1), Decimal(2), Decimal(3))
    points = walk_back(grid, ten, {grid.steps + 500: ten})

    assert points[-1].figures == ten
    assert {point.figures for point in points[:-1]} == {Figures()}


def test_points_stay_where_they_are_from_one_reading_to_the_next() -> None:
    one = {point.at for point in walk_back(Grid.of(NOW, 60, 15), Figures(), {})[:-1]}
    later = NOW + timedelta(seconds=15)
    two = {point.at for point in walk_back(Grid.of(later, 60, 15), Figures(), {})[:-1]}

    assert len(one & two) == len(one) - 1


@pytest.mark.parametrize("span", [0, 2, -1, 100_000])
def test_an_unknown_span_is_refused(span: int) -> None:
    with pytest.raises(ValueError, match=r"span: must be one of 1, 5, 15, 60, 360, 1440 minutes"):
        width_s(Scope(), span)


def test_a_game_has_no_buckets_below_a_minute() -> None:
    assert [width_s(Scope("game", "g"), span) for span in (1, 60, 360, 1440)] == [60, 60, 120, 300]
