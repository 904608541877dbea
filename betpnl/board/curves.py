"""Handle and PNL over time, overall, of a sport or of a game, anchored at what stands now.

The last point is what the views say; each earlier one is that less all that came after it. So a
bet that comes late, or a result that is corrected, moves the past and never the present.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pymysql.connections import Connection

from betpnl.api.pnl import games
from betpnl.board.curve_points import Figures, Grid, Point, walk_back

WIDTHS_S = {1: 1, 5: 1, 15: 5, 60: 15, 360: 120, 1440: 300}
"""Spans in minutes, each with its bucket in seconds: 301 points at most, and one for now."""

GAME_WIDTH_MIN_S = 60
"""Bets of a game are summed by the minute."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose curve it is. of: the sport or the game's id; '' for all."""

    kind: Literal["all", "sport", "game"] = "all"
    of: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """Points from the oldest to now. width_s: seconds between two of them, but for the last.

    empty: nothing was ever bet within the scope.
    """

    scope: Scope
    span_minutes: int
    width_s: int
    points: tuple[Point, ...]
    empty: bool

    @property
    def now(self) -> Point:
        """The last point: what the views say."""
        return self.points[-1]


def width_s(scope: Scope, span_minutes: int) -> int:
    """Seconds of a bucket. Raises ValueError for a span that is not among WIDTHS_S."""
    if span_minutes not in WIDTHS_S:
        raise ValueError(f"span: must be one of {', '.join(map(str, WIDTHS_S))} minutes")
    width = WIDTHS_S[span_minutes]
    return max(width, GAME_WIDTH_MIN_S) if scope.kind == "game" else width


def curve(connection: Connection, scope: Scope, span_minutes: int) -> Curve:
    """The curve as it stands, read within one snapshot: call it within a transaction.

    Raises ValueError for an unknown span, pymysql.MySQLError.
    """
    width = width_s(scope, span_minutes)
    grid = Grid.of(games.now(connection), span_minutes, width)
    present = _present(connection, scope)
    steps = _placed(connection, scope, grid)
    for bucket, step in _settled(connection, scope, grid).items():
        _add(steps, bucket, step)
    points = walk_back(grid, present or Figures(), steps)
    return Curve(scope, span_minutes, width, points, empty=present is None)


_SUMS = "SUM(p.handle), SUM(p.expected_pnl), SUM(p.realised_pnl), SUM(p.total_pnl)"
_BUCKET = "TIMESTAMPDIFF(SECOND, %(start)s, {time}) DIV %(width)s"


def _present(connection: Connection, scope: Scope) -> Figures | None:
    match scope.kind:
        case "all":
            query = f"SELECT {_SUMS} FROM game_pnl AS p"
        case "sport":
            query = f"SELECT {_SUMS} FROM {games.SOURCE} WHERE {games.SPORT} = %(of)s"
        case "game":
            query = f"SELECT {_SUMS} FROM game_pnl AS p WHERE p.game_id = %(of)s"
    with connection.cursor() as cursor:
        cursor.execute(query, {"of": scope.of})
        row = cursor.fetchone()
    return None if row is None or row[0] is None else Figures(*row)


def _placed(connection: Connection, scope: Scope, grid: Grid) -> dict[int, Figures]:
    """What bets added: handle, expected PNL, and what cash-outs realised at once."""
    match scope.kind:
        case "game":
            table, key, time, groups = "game_minute", "game_id", "minute", [scope.of]
        case "sport":
            table, key, time, groups = "sport_second", "sport", "second", [scope.of]
        case "all":
            # One sport after the other: all of a day in one question may take MySQL too long.
            table, key, time, groups = "sport_second", "sport", "second", _sports(connection)
    # Whatever MySQL thinks of it: most of the table is older than any span.
    query = (
        f"SELECT {_BUCKET.format(time=time)} AS bucket, SUM(handle), SUM(expected_pnl), "
        f"SUM(cash_out_pnl) FROM {table} FORCE INDEX (PRIMARY) "
        f"WHERE {key} = %(of)s AND {time} >= %(start)s GROUP BY bucket"
    )
    steps: dict[int, Figures] = {}
    with connection.cursor() as cursor:
        for group in groups:
            cursor.execute(query, {"start": grid.start, "width": grid.width_s, "of": group})
            for bucket, handle, expected, cashed in cursor.fetchall():
                _add(steps, int(bucket), Figures(handle, expected, cashed, expected))
    return steps


def _add(steps: dict[int, Figures], bucket: int, step: Figures) -> None:
    steps[bucket] = steps.get(bucket, Figures()).plus(step)


def _settled(connection: Connection, scope: Scope, grid: Grid) -> dict[int, Figures]:
    """What results added: to what is realised, and to the total what was not expected."""
    match scope.kind:
        case "all":
            where = "game_settled_second AS s WHERE s.second >= %(start)s"
        case "sport":
            where = (
                "game_settled_second AS s LEFT JOIN game AS g ON g.game_id = s.game_id "
                f"WHERE s.second >= %(start)s AND {games.SPORT} = %(of)s"
            )
        case "game":
            where = "game_settled_second AS s WHERE s.game_id = %(of)s AND s.second >= %(start)s"
    query = (
        f"SELECT {_BUCKET.format(time='s.second')} AS bucket, SUM(s.handle - s.payout), "
        f"SUM(s.expected_payout - s.payout - s.revalued) FROM {where} GROUP BY bucket"
    )
    values = {"start": grid.start, "width": grid.width_s, "of": scope.of}
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return {
            int(bucket): Figures(realised_pnl=realised, total_pnl=surprise)
            for bucket, realised, surprise in cursor.fetchall()
        }


def _sports(connection: Connection) -> list[str]:
    """The sports that were ever bet on: read off the key, one step a sport."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT sport FROM sport_second")
        return [row[0] for row in cursor.fetchall()]
