"""The arithmetic of a curve: from what stands now back through what each bucket added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Figures(NamedTuple):
    """Sums in the base currency, as game_pnl has them."""

    handle: Decimal = ZERO
    expected_pnl: Decimal = ZERO
    realised_pnl: Decimal = ZERO
    total_pnl: Decimal = ZERO

    def less(self, step: Figures) -> Figures:
        """These before a step."""
        return Figures(*(one - other for one, other in zip(self, step, strict=True)))

    def plus(self, step: Figures) -> Figures:
        """These after a step."""
        return Figures(*(one + other for one, other in zip(self, step, strict=True)))


class Point(NamedTuple):
    """What stood at a time, UTC."""

    at: datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class Grid:
    """The times of a curve. start, end: whole buckets since 1970, so that points stay where they
    are from one reading to the next. end <= now < end + width."""

    start: datetime
    end: datetime
    now: datetime
    width_s: int

    @classmethod
    def of(cls, now: datetime, span_minutes: int, width_s: int) -> Grid:
        """The grid that ends at a time of MySQL's, UTC without saying so."""
        seconds = int(now.replace(tzinfo=UTC).timestamp()) // width_s * width_s
        end = datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
        return cls(end - timedelta(minutes=span_minutes), end, now, width_s)

    @property
    def steps(self) -> int:
        """How many whole buckets there are."""
        return int((self.end - self.start).total_seconds()) // self.width_s


def walk_back(grid: Grid, present: Figures, steps: Mapping[int, Figures]) -> tuple[Point, ...]:
    """The points, the last of them `present` at grid.now.

    steps: by bucket, from 0, what it added; whatever lies at the grid's end or after it, so also
    what claims to come from the future, came with the last point.
    """
    after = Figures()
    for step in (step for bucket, step in steps.items() if bucket >= grid.steps):
        after = after.plus(step)
    points = [Point(grid.now, present)]
    figures = present.less(after)
    for bucket in range(grid.steps, -1, -1):
        at = grid.start + timedelta(seconds=bucket * grid.width_s)
        points.append(Point(at, figures))
        figures = figures.less(steps.get(bucket - 1, Figures()))
    return tuple(reversed(points))
