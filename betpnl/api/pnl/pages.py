"""A page of games: which ones, in which order, behind which one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from pymysql.connections import Connection

from betpnl.api.pnl import cursor as cursors
from betpnl.api.pnl import games
from betpnl.api.pnl.answers import GamesPage, time_text
from betpnl.api.pnl.cursor import Place
from betpnl.api.pnl.questions import GamesQuestion, Which

OVERLAP = timedelta(seconds=5)
"""A row bears the time at which its statement began, and is seen when that is committed."""

_NO_START = datetime(9999, 12, 31)


@dataclass(frozen=True)
class _Order:
    """An order of games. expression: None where MySQL does not know it without all the risks."""

    expression: str | None
    kind: type[Place]


_ORDERS: dict[str, _Order] = {
    "game_id": _Order("p.game_id", str),
    "handle": _Order("p.handle", Decimal),
    "total_pnl": _Order("p.total_pnl", Decimal),
    "realised_pnl": _Order("p.realised_pnl", Decimal),
    "expected_pnl": _Order("p.expected_pnl", Decimal),
    "liability": _Order(None, Decimal),
    "starts_at": _Order("COALESCE(g.starts_at, TIMESTAMP'9999-12-31 00:00:00')", datetime),
}


@dataclass
class Conditions:
    """Conditions that all hold, and the values in them."""

    texts: list[str] = field(default_factory=lambda: ["TRUE"])
    values: list[Any] = field(default_factory=list)

    def add(self, text: str, *values: Any) -> None:
        """text: ours, with a %s for each value."""
        self.texts.append(text)
        self.values += values

    def __str__(self) -> str:
        return " AND ".join(self.texts)


def which(asked: Which) -> Conditions:
    """The conditions of the filters that pages and stream share."""
    found = Conditions()
    if asked.id:
        found.add("p.game_id IN %s", asked.id)
    if asked.sport:
        found.add(f"{games.SPORT} IN %s", asked.sport)
    if asked.competition:
        found.add("g.competition IN %s", asked.competition)
    return found


def page(connection: Connection, asked: GamesQuestion) -> GamesPage:
    """Answer a question. Raises CursorError, pymysql.MySQLError."""
    order = _ORDERS[asked.sorted_by]
    behind = None
    if asked.cursor is not None:
        behind = cursors.read(asked.cursor, asked.fingerprint, order.kind)
    as_of = games.now(connection)
    conditions = _conditions(connection, asked)
    if order.expression is None or asked.min_liability is not None:
        lines = _by_risk(connection, asked, conditions, behind)
    else:
        lines = _by_column(connection, asked, conditions, order.expression, behind)
    more = len(lines) > asked.limit
    shown = games.games(connection, [line for _, line in lines[: asked.limit]])
    following = None
    if more:
        place, last = lines[asked.limit - 1]
        following = cursors.write(asked.fingerprint, place, last["game_id"])
    return GamesPage(as_of=time_text(as_of), games=shown, next_cursor=following)


def _conditions(connection: Connection, asked: GamesQuestion) -> Conditions:
    found = which(asked)
    if asked.status:
        found.add("g.status IN %s", asked.status)
    if asked.open is not None:
        found.add("p.open_bets > 0" if asked.open else "p.open_bets <= 0")
    if asked.changed_since is not None:
        since = asked.changed_since.astimezone(UTC).replace(tzinfo=None) - OVERLAP
        ids = games.changed_ids(connection, since)
        if ids:
            found.add("p.game_id IN %s", list(ids))
        else:
            found.add("FALSE")
    return found


def _by_column(
    connection: Connection,
    asked: GamesQuestion,
    conditions: Conditions,
    expression: str,
    behind: tuple[Place, str] | None,
) -> list[tuple[Place, games.Row]]:
    """One line more than asked for, where there is one, each with its place in the order."""
    sign, word = ("<", "DESC") if asked.descending else (">", "ASC")
    if behind is not None and asked.sorted_by == "game_id":
        conditions.add("p.game_id > %s", behind[1])
    elif behind is not None:
        place, last = behind
        conditions.add(
            f"({expression} {sign} %s OR ({expression} = %s AND p.game_id > %s))",
            place,
            place,
            last,
        )
    ordering = "p.game_id" if asked.sorted_by == "game_id" else f"{expression} {word}, p.game_id"
    lines = games.lines(
        connection,
        str(conditions),
        [*conditions.values, asked.limit + 1],
        f"ORDER BY {ordering} LIMIT %s",
    )
    return [(_place(asked.sorted_by, line), line) for line in lines]


def _by_risk(
    connection: Connection,
    asked: GamesQuestion,
    conditions: Conditions,
    behind: tuple[Place, str] | None,
) -> list[tuple[Place, games.Row]]:
    """The same where the risk decides: it is read for all games that the other filters leave."""
    lines = games.lines(connection, str(conditions), conditions.values)
    risks = games.risks(connection, [line["game_id"] for line in lines])
    least = asked.min_liability or Decimal(0)
    found: list[tuple[Any, games.Row]] = []
    for line in lines:
        risk = risks.get(line["game_id"], games.Risk()).liability(line["realised_pnl"])
        if risk >= least:
            by_risk = asked.sorted_by == "liability"
            found.append((risk if by_risk else _place(asked.sorted_by, line), line))
    found.sort(key=lambda each: each[1]["game_id"])
    found.sort(key=lambda each: each[0], reverse=asked.descending)
    if behind is not None:
        found = [each for each in found if _is_behind(each, behind, asked.descending)]
    return found[: asked.limit + 1]


def _is_behind(each: tuple[Any, games.Row], behind: tuple[Any, str], descending: bool) -> bool:
    place, line = each
    if place == behind[0]:
        return bool(line["game_id"] > behind[1])
    return bool(place < behind[0] if descending else place > behind[0])


def _place(field_name: str, line: games.Row) -> Place:
    value = line[field_name]
    return _NO_START if value is None else value
