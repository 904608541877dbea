"""Limits in MySQL: added, changed, deleted, listed. Each function runs in its caller's
transaction, and whoever changes a limit ends the breach that was open under what it said."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from pymysql.connections import Connection
from pymysql.constants import ER
from pymysql.cursors import DictCursor
from pymysql.err import ProgrammingError

from betpnl.errors import UserError
from betpnl.job.statements import SQL, statement
from betpnl.limits import checks
from betpnl.limits.records import Ending, Limit, Rule

LIMITS_MAX = 1000
"""Limits at a time: each is looked at in every reading."""

_SAID = ("scope", "sport", "game_id", "market", "line", "measure", "bound")
_COLUMNS = ", ".join(field.name for field in fields(Limit))
_ALL = f"SELECT {_COLUMNS} FROM pnl_limit ORDER BY limit_id"
_ONE = f"SELECT {_COLUMNS} FROM pnl_limit WHERE limit_id = %(limit_id)s FOR UPDATE"
_COUNT = "SELECT COUNT(*) FROM pnl_limit"
_ADD = """
INSERT INTO pnl_limit (version, enabled, scope, sport, game_id, market, line, measure, bound,
                       note, created_by, created_at)
VALUES (1, TRUE, %(scope)s, %(sport)s, %(game_id)s, %(market)s, %(line)s, %(measure)s, %(bound)s,
        %(note)s, %(created_by)s, %(created_at)s)
"""
_CHANGE = """
UPDATE pnl_limit
SET version = version + 1, enabled = %(enabled)s, scope = %(scope)s, sport = %(sport)s,
    game_id = %(game_id)s, market = %(market)s, line = %(line)s, measure = %(measure)s,
    bound = %(bound)s, note = %(note)s
WHERE limit_id = %(limit_id)s
"""
_DELETE = "DELETE FROM pnl_limit WHERE limit_id = %(limit_id)s"
_END = """
UPDATE limit_breach
SET ended_at = %(at)s, ended_because = %(because)s
WHERE open_limit_id = %(limit_id)s
"""


def make_tables(connection: Connection) -> None:
    """Make the two tables where they are missing, as the job's submission does too."""
    with connection.cursor() as cursor:
        try:
            cursor.execute("SELECT 1 FROM limit_breach LIMIT 1")
        except ProgrammingError as error:
            if error.args[0] != ER.NO_SUCH_TABLE:
                raise
            for part in statement(SQL / "mysql" / "11_limits.sql", {}).split(";"):
                cursor.execute(part)


def limits(connection: Connection) -> list[Limit]:
    """All limits, in the order in which they were set."""
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(_ALL)
        return [_limit(row) for row in cursor.fetchall()]


def add(connection: Connection, rule: Rule, by: str, at: datetime) -> int:
    """Set a limit; its id. by: who. at: UTC. Raises UserError when there are LIMITS_MAX."""
    values = {**_said(rule), "note": rule.note, "created_by": checks.person(by), "created_at": at}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        if cursor.fetchone()[0] >= LIMITS_MAX:
            raise UserError(f"There are {LIMITS_MAX} limits, and no more can be set; delete some.")
        cursor.execute(_ADD, values)
        return int(cursor.lastrowid)


def change(
    connection: Connection,
    limit_id: int,
    rule: Rule,
    at: datetime,
    *,
    enabled: bool = True,
    version: int | None = None,
) -> None:
    """Make a limit say this. version: that the change was made upon, None for whichever.

    Raises UserError when it is not there, or somebody changed it in between.
    """
    limit = _locked(connection, limit_id)
    if version is not None and version != limit.version:
        raise UserError(f"Limit {limit_id} was changed by somebody else; look at it again.")
    with connection.cursor() as cursor:
        cursor.execute(
            _CHANGE,
            {**_said(rule), "note": rule.note, "enabled": enabled, "limit_id": limit_id},
        )
        if not enabled:
            _end(connection, limit_id, "disabled", at)
        elif _said(rule) != _said(limit):
            _end(connection, limit_id, "changed", at)
        else:
            # It goes on under the new version: its words are the same.
            cursor.execute(
                "UPDATE limit_breach SET limit_version = %s WHERE open_limit_id = %s",
                (limit.version + 1, limit_id),
            )


def enable(connection: Connection, limit_id: int, enabled: bool, at: datetime) -> None:
    """Switch a limit on or off. Raises UserError when it is not there."""
    limit = _locked(connection, limit_id)
    if limit.enabled != enabled:
        change(connection, limit_id, limit, at, enabled=enabled)


def delete(connection: Connection, limit_id: int, at: datetime) -> None:
    """Delete a limit; its breaches stay. Raises UserError when it is not there."""
    _locked(connection, limit_id)
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, {"limit_id": limit_id})
    _end(connection, limit_id, "deleted", at)


def _locked(connection: Connection, limit_id: int) -> Limit:
    # Locked before its breach, as whoever records a breach does: neither waits for the other.
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(_ONE, {"limit_id": limit_id})
        row = cursor.fetchone()
    if row is None:
        raise UserError(f"There is no limit {limit_id}; somebody may have deleted it.")
    return _limit(row)


def _end(connection: Connection, limit_id: int, because: Ending, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_END, {"limit_id": limit_id, "because": because, "at": at})


def _said(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in _SAID}


def _limit(row: dict[str, Any]) -> Limit:
    return Limit(**{**row, "enabled": bool(row["enabled"])})
