"""What is old enough to be archived, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymysql.connections import Connection

PAGE = 20_000
Rows = Sequence[tuple[Any, ...]]

# Of a single the result, of a ticket the last of its legs' results says how long it has been over.
_OVER = """
SELECT b.bet_id FROM bet AS b
LEFT JOIN ticket_settled AS t ON t.bet_id = b.bet_id
LEFT JOIN selection_result AS r
    ON b.bet_type = 'single' AND r.game_id = b.game_id AND r.market = b.market
   AND r.line = b.line AND r.selection = b.selection AND r.status = 'settled'
WHERE b.bet_id > %(after)s AND b.accepted_at < %(before)s AND (
    b.status IN ('rejected', 'cancelled')
    OR (b.cash_out_handle + b.cash_out_paid > 0 AND b.handle_riding = 0 AND b.payout_win = 0)
    OR r.settled_at < %(before)s
    OR (t.bet_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM ticket_leg AS l JOIN selection_result AS x
            ON x.game_id = l.game_id AND x.market = l.market AND x.line = l.line
           AND x.selection = l.selection AND x.status = 'settled'
        WHERE l.bet_id = b.bet_id AND x.settled_at >= %(before)s))
)
ORDER BY b.bet_id LIMIT %(page)s
"""


@dataclass(frozen=True)
class OldTable:
    """A table whose rows go. key: its primary key. time: the column that says how old a row is;
    '' where the rows go with their bet."""

    name: str
    key: tuple[str, ...]
    time: str = ""


WITH_BET = (
    OldTable("bet_version", ("bet_id", "age")),
    OldTable("bet_rate", ("bet_id",)),
    OldTable("ticket_leg", ("bet_id", "leg_number")),
    OldTable("ticket_settled", ("bet_id",)),
    # Last, so that what a crash leaves behind is found again by its bet.
    OldTable("bet", ("bet_id",)),
)
BUCKETS = (
    OldTable("game_minute", ("game_id", "minute"), "minute"),
    OldTable("sport_second", ("sport", "second"), "second"),
    OldTable("game_settled_second", ("game_id", "second"), "second"),
)


def bets(connection: Connection, before: datetime) -> Iterator[list[str]]:
    """Ids of the bets that were over before a moment, page by page."""
    after = ""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_OVER, {"after": after, "before": before, "page": PAGE})
            found = [row[0] for row in cursor.fetchall()]
        if found:
            yield found
            after = found[-1]
        if len(found) < PAGE:
            return


def of_bets(connection: Connection, table: OldTable, ids: Sequence[str]) -> Rows:
    """The rows of a table that belong to bets."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM `{table.name}` WHERE bet_id IN %s", (ids,))
        return list(cursor.fetchall())


def buckets(connection: Connection, table: OldTable, before: datetime) -> Iterator[Rows]:
    """The rows of a table of buckets from before a moment, page by page."""
    key = ", ".join(f"`{name}`" for name in table.key)
    after: tuple[Any, ...] = ("",) + (datetime(1900, 1, 1),) * (len(table.key) - 1)
    places = ", ".join(["%s"] * len(table.key))
    names = _columns(connection, table.name)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT * FROM `{table.name}` WHERE `{table.time}` < %s AND ({key}) > ({places})"
                f" ORDER BY {key} LIMIT %s",
                (before, *after, PAGE),
            )
            found = list(cursor.fetchall())
        if found:
            yield found
            after = tuple(found[-1][names.index(name)] for name in table.key)
        if len(found) < PAGE:
            return


def _columns(connection: Connection, table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM `{table}` LIMIT 0")
        return [column[0] for column in cursor.description]


def delete(connection: Connection, table: OldTable, names: Sequence[str], rows: Rows) -> int:
    """Delete these rows, but those that are no longer as they were; how many went.

    By their whole key, and in one short statement, so that the job's writes hardly wait.
    """
    places = [names.index(name) for name in table.key]
    same = " AND ".join(f"`{name}` = %s" for name in table.key)
    if table.name == "bet":
        same += " AND version = %s AND adjustment = %s"
        places += [names.index(name) for name in ("version", "adjustment")]
    with connection.cursor() as cursor:
        return sum(
            cursor.execute(
                f"DELETE FROM `{table.name}` WHERE {same}", tuple(row[place] for place in places)
            )
            for row in rows
        )
