"""Waiting for what is to come, with a deadline and a sentence for when it does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
    with _counter(found, planned) as there:

        def is_all_there() -> bool:
            so_far = there()
            told(so_far / max(1, expected))
            return so_far >= expected

        try:
            until(is_all_there, patience_s, "counts are missing")
        except UserError:
            return False
    return True


def until_worked_off(
    found: Endpoints,
    planned: Planned,
    patience_s: float,
    told: Callable[[float], None] = lambda _: None,
) -> bool:
    """Wait until every planned count is in MySQL, for as long as they become more.

    patience_s: without a count; False after that.
    """
    expected, before = planned.counts, -1
    with _counter(found, planned) as there:
        moved_s = time.monotonic()
        while (so_far := there()) < expected:
            now_s = time.monotonic()
            if so_far > before:
                before, moved_s = so_far, now_s
            elif now_s - moved_s > patience_s:
                return False
            told(so_far / max(1, expected))
            time.sleep(_LOOK_S)
    return True


def counted(found: Endpoints, planned: Planned) -> int:
    """How many bets MySQL shows in these games."""
    with _counter(found, planned) as there:
        return there()


@contextmanager
def _counter(found: Endpoints, planned: Planned) -> Iterator[Callable[[], int]]:
    with connect(found, read_only=True) as connection, connection.cursor() as cursor:
        named = ", ".join(map(connection.escape, planned.times_s)) or "NULL"
        query = f"SELECT COALESCE(SUM(bets), 0) FROM game_placed WHERE game_id IN ({named})"

        def there() -> int:
            cursor.execute(query)
            row = cursor.fetchone()
            return 0 if row is None else int(row[0])

        yield there
