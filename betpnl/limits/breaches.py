"""Breaches in MySQL: begun, worsened, ended, acknowledged, told. Each function runs in its
caller's transaction; what two boards write of the same breach comes to the same row."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from betpnl.errors import UserError
from betpnl.limits import checks
from betpnl.limits.events import Began, Ended, Event, Worse
from betpnl.limits.records import AT_MOST, Breach, Measure

_COLUMNS = ", ".join(f"b.{field.name}" for field in fields(Breach))
_OPEN = f"SELECT {_COLUMNS} FROM limit_breach AS b WHERE b.open_limit_id IS NOT NULL"
_NEWEST = f"SELECT {_COLUMNS} FROM limit_breach AS b {{}} ORDER BY b.breach_id DESC LIMIT %(most)s"
# The copy is taken from the limit as it stands: one that was changed or deleted since it was
# judged begins no breach. The words of both servers for the worse of two differ by the measure.
_BEGIN = """
INSERT INTO limit_breach
    (limit_id, limit_version, scope, sport, game_id, market, line, measure, bound, note,
     began_at, began_value, worst_value, tell, tries, next_try_at, problem)
SELECT limit_id, version, scope, sport, game_id, market, line, measure, bound, note,
       %(at)s, %(value)s, %(worst)s, %(tell)s, 0, NOW(3), ''
FROM pnl_limit
WHERE limit_id = %(limit_id)s AND version = %(version)s AND enabled
ON DUPLICATE KEY UPDATE worst_value = {worse}(limit_breach.worst_value, %(worst)s)
"""
_WORSEN = """
UPDATE limit_breach SET worst_value = {worse}(worst_value, %(value)s)
WHERE open_limit_id = %(limit_id)s AND limit_version = %(version)s
"""
# Not one that another board saw begin while we saw the figure within the bound.
_END = """
UPDATE limit_breach
SET ended_at = %(at)s, ended_value = %(value)s, ended_because = %(because)s
WHERE open_limit_id = %(limit_id)s AND limit_version = %(version)s AND began_at <= %(since)s
"""
_END_ORPHANS = """
UPDATE limit_breach AS b
LEFT JOIN pnl_limit AS l ON l.limit_id = b.limit_id AND l.version = b.limit_version AND l.enabled
SET b.ended_at = %(at)s, b.ended_because = 'changed'
WHERE b.open_limit_id IS NOT NULL AND l.limit_id IS NULL
"""
_ACKNOWLEDGE = """
UPDATE limit_breach SET acknowledged_by = %(by)s, acknowledged_at = %(at)s
WHERE breach_id = %(breach_id)s AND acknowledged_at IS NULL
"""


def record(connection: Connection, event: Event, *, tell: bool) -> None:
    """Write what was seen; the same event twice is the same as once. tell: there is a webhook."""
    values: dict[str, Any] = {
        "limit_id": event.limit.limit_id,
        "version": event.limit.version,
        "value": event.value,
    }
    match event:
        case Began():
            text = _BEGIN.format(worse=_worse(event.limit.measure))
            values |= {"at": event.at, "worst": event.worst, "tell": tell}
        case Worse():
            text = _WORSEN.format(worse=_worse(event.limit.measure))
        case Ended():
            text = _END
            values |= {"at": event.at, "because": event.because, "since": event.since}
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def open_breaches(connection: Connection) -> list[Breach]:
    """All that are open, oldest first."""
    return _breaches(connection, f"{_OPEN} ORDER BY b.breach_id", {})


def history(connection: Connection, most: int, limit_id: int | None = None) -> list[Breach]:
    """The newest breaches, open ones included, newest first. limit_id: of this limit only."""
    condition = "" if limit_id is None else "WHERE b.limit_id = %(limit_id)s"
    values = {"most": most, "limit_id": limit_id}
    return _breaches(connection, _NEWEST.format(condition), values)


def acknowledge(connection: Connection, breach_id: int, by: str, at: datetime) -> None:
    """Write down who has seen it. Raises UserError when it is not there, or somebody has."""
    with connection.cursor() as cursor:
        changed = cursor.execute(
            _ACKNOWLEDGE, {"breach_id": breach_id, "by": checks.person(by), "at": at}
        )
    if not changed:
        raise UserError(f"Breach {breach_id} is acknowledged already, or there is none.")


def end_orphans(connection: Connection, at: datetime) -> int:
    """End open breaches of limits that are gone, off, or say something else by now: what the
    store does itself, after a change that was made past it. How many there were."""
    with connection.cursor() as cursor:
        return int(cursor.execute(_END_ORPHANS, {"at": at}))


def tell_open(connection: Connection) -> None:
    """See that open breaches are told of that a board without a webhook wrote down."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE limit_breach SET tell = TRUE WHERE open_limit_id IS NOT NULL AND NOT tell"
        )


def breaches_of(rows: list[dict[str, Any]]) -> list[Breach]:
    """Rows of limit_breach as they are used."""
    return [Breach(**{**row, "tell": bool(row["tell"])}) for row in rows]


def _breaches(connection: Connection, query: str, values: dict[str, Any]) -> list[Breach]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(query, values)
        return breaches_of(list(cursor.fetchall()))


def _worse(measure: Measure) -> str:
    return "GREATEST" if measure in AT_MOST else "LEAST"
