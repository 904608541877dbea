"""Waiting for what is to come, with a deadline and a sentence for when it does not."""

from __future__ import annotations

import time
from collections.abc import Callable

from betpnl.bench.matching import Planned
from betpnl.errors import UserError
from betpnl.mysql import connect
from betpnl.stack import Endpoints

_LOOK_S = 0.1


def until(condition: Callable[[], bool], patience_s: float, otherwise: str) -> None:
    """Wait until something is so. Raises UserError with `otherwise` when it is not in time."""
    deadline_s = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline_s:
            raise UserError(f"{otherwise} after {patience_s:.0f} s.")
        time.sleep(_LOOK_S)


def until_counted(
    found: Endpoints,
    planned: Planned,
    patience_s: float,
    told: Callable[[float], None] = lambda _: None,
) -> bool:
    """Wait until every planned count is in MySQL; False when some still miss in the end.

    told: is given the share that is there.
    """
    expected = planned.counts
    with connect(found, read_only=True) as connection, connection.cursor() as cursor:
        named = ", ".join(map(connection.escape, planned.times_s)) or "NULL"
        query = f"SELECT COALESCE(SUM(bets), 0) FROM game_placed WHERE game_id IN ({named})"

        def counted() -> bool:
            cursor.execute(query)
            row = cursor.fetchone()
            there = 0 if row is None else int(row[0])
            told(there / max(1, expected))
            return there >= expected

        try:
            until(counted, patience_s, "counts are missing")
        except UserError:
            return False
    return True
