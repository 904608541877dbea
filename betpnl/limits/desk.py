"""Where people set limits: each action is a transaction of its own on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from typing import TypeVar

from pymysql.connections import Connection
from pymysql.constants import ER
from pymysql.err import MySQLError, OperationalError
from tenacity import Retrying, retry_if_exception, stop_after_attempt

from betpnl.api.pnl.pool import UnavailableError, why
from betpnl.errors import UserError
from betpnl.limits import breaches, store
from betpnl.limits.evaluate import utc
from betpnl.limits.records import Breach, Rule
from betpnl.replay.clock import Clock

T = TypeVar("T")
_TRIES_MAX = 5


def _is_deadlock(error: BaseException) -> bool:
    return isinstance(error, OperationalError) and error.args[0] == ER.LOCK_DEADLOCK


class Desk:
    """Blocks while MySQL works: call it from a thread. Every action raises UserError for what
    the user can mend, and UnavailableError while MySQL does not take it; nothing is done then."""

    def __init__(
        self, connect: Callable[[], Connection], clock: Clock, changed: Callable[[], None]
    ) -> None:
        """connect: as access.open_writer. changed: called after each change."""
        self._connect, self._clock, self._changed = connect, clock, changed

    def add(self, rule: Rule, by: str) -> int:
        """Set a limit; its id."""
        return self._do(lambda connection, at: store.add(connection, rule, by, at))

    def change(self, limit_id: int, rule: Rule, *, version: int, enabled: bool = True) -> None:
        """Make a limit say this. version: that the change was made upon."""
        self._do(
            lambda connection, at: store.change(
                connection, limit_id, rule, at, enabled=enabled, version=version
            )
        )

    def enable(self, limit_id: int, enabled: bool) -> None:
        """Switch a limit on or off."""
        self._do(lambda connection, at: store.enable(connection, limit_id, enabled, at))

    def delete(self, limit_id: int) -> None:
        """Delete a limit; its breaches stay."""
        self._do(lambda connection, at: store.delete(connection, limit_id, at))

    def acknowledge(self, breach_id: int, by: str) -> None:
        """Write down who has seen a breach."""
        self._do(lambda connection, at: breaches.acknowledge(connection, breach_id, by, at))

    def history(self, most: int) -> list[Breach]:
        """The newest breaches, newest first."""
        return self._run(lambda connection, _: breaches.history(connection, most))

    def _do(self, action: Callable[[Connection, datetime], T]) -> T:
        value = self._run(action)
        self._changed()
        return value

    def _run(self, action: Callable[[Connection, datetime], T]) -> T:
        try:
            connection = self._connect()
        except (UserError, MySQLError, OSError) as error:
            raise why(error) from error
        with closing(connection):
            try:
                # A breach that is written down at the same moment may win.
                tries = Retrying(
                    retry=retry_if_exception(_is_deadlock),
                    stop=stop_after_attempt(_TRIES_MAX),
                    reraise=True,
                )
                value: T = tries(self._once, connection, action)
                return value
            except (MySQLError, OSError) as error:
                raise _refusal(error) from error

    def _once(self, connection: Connection, action: Callable[[Connection, datetime], T]) -> T:
        connection.rollback()
        store.make_tables(connection)
        value = action(connection, utc(self._clock.now()))
        connection.commit()
        return value


def _refusal(error: Exception) -> UnavailableError:
    number = error.args[0] if error.args else 0
    if number in (ER.TABLEACCESS_DENIED_ERROR, ER.COLUMNACCESS_DENIED_ERROR):
        return UnavailableError(
            "The board's user of MySQL may not write limits; see docs/settings.md.", "no_right"
        )
    return why(error)
