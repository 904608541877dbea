"""Tells the webhook what is untold, again until it is taken.

What is to be told, and when it is tried next, stands in the breach's row: nothing is lost by a
restart, and of several boards one tells. Whoever is about to tell puts the next try off, so that
the others leave it alone; should that board die, they take over once that time has come.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from betpnl.limits import webhook
from betpnl.limits.breaches import breaches_of
from betpnl.limits.message import body, due, message, signature
from betpnl.limits.records import Breach

LEASE_S = 60
BACKOFF_MAX_S = 300
_AT_ONCE = 20
_COLUMNS = ", ".join(f"b.{field.name}" for field in fields(Breach))
# Of one limit the oldest first: its end is not told before its beginning.
_DUE = f"""
SELECT {_COLUMNS}, b.next_try_at
FROM limit_breach AS b
WHERE b.untold = 1 AND b.next_try_at <= NOW(3)
  AND NOT EXISTS (
      SELECT 1 FROM limit_breach AS e
      WHERE e.limit_id = b.limit_id AND e.untold = 1 AND e.breach_id < b.breach_id
  )
ORDER BY b.breach_id
LIMIT {_AT_ONCE}
"""
_CLAIM = """
UPDATE limit_breach SET next_try_at = NOW(3) + INTERVAL %(lease_s)s SECOND
WHERE breach_id = %(breach_id)s AND untold = 1 AND next_try_at = %(next_try_at)s
  AND tries = %(tries)s
"""
_TAKEN = """
UPDATE limit_breach SET {column} = NOW(3), tries = 0, problem = '', next_try_at = NOW(3)
WHERE breach_id = %(breach_id)s
"""
_NOT_TAKEN = """
UPDATE limit_breach
SET tries = tries + 1, problem = %(problem)s,
    next_try_at = NOW(3) + INTERVAL %(backoff_s)s SECOND
WHERE breach_id = %(breach_id)s AND untold = 1
"""


@dataclass(frozen=True)
class Webhook:
    """Where to tell, and how. secret: '' signs nothing. board_url: '' sends no link."""

    url: str
    secret: str
    currency: str
    board_url: str
    timeout_s: float = webhook.TIMEOUT_S

    def __repr__(self) -> str:
        return "Webhook(...)"


def tell_due(connection: Connection, to: Webhook) -> int:
    """Tell what is due now; how many events were taken. The connection commits by itself.

    Raises pymysql.MySQLError; what was sent by then is sent again.
    """
    taken = 0
    for breach, next_try_at in _due(connection):
        if _claim(connection, breach, next_try_at):
            taken += _tell(connection, breach, to)
    return taken


def backoff_s(tries: int) -> int:
    """Seconds to wait after so many tries that failed."""
    return int(min(2 ** min(tries, 30), BACKOFF_MAX_S))


def _tell(connection: Connection, breach: Breach, to: Webhook) -> bool:
    kind = due(breach)
    said = message(breach, kind, to.currency, to.board_url)
    content = body(said)
    headers = {"Content-Type": "application/json", webhook.ID_HEADER: said.id}
    if to.secret:
        headers[webhook.SIGNATURE_HEADER] = signature(to.secret, content)
    problem = webhook.post(to.url, content, headers, to.timeout_s)
    values: dict[str, Any] = {"breach_id": breach.breach_id}
    if problem:
        values |= {"problem": problem, "backoff_s": backoff_s(breach.tries)}
        text = _NOT_TAKEN
    else:
        text = _TAKEN.format(column=f"{kind}_notified_at")
    with connection.cursor() as cursor:
        cursor.execute(text, values)
    return not problem


def _due(connection: Connection) -> list[tuple[Breach, datetime]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(_DUE)
        rows = list(cursor.fetchall())
    times = [row.pop("next_try_at") for row in rows]
    return list(zip(breaches_of(rows), times, strict=True))


def _claim(connection: Connection, breach: Breach, next_try_at: datetime) -> bool:
    with connection.cursor() as cursor:
        return bool(
            cursor.execute(
                _CLAIM,
                {
                    "breach_id": breach.breach_id,
                    "next_try_at": next_try_at,
                    "tries": breach.tries,
                    "lease_s": LEASE_S,
                },
            )
        )
