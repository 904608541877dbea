"""Connections to MySQL that can only read: a few, and no question may take for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TypeVar

from dbutils.pooled_db import PooledDB
from pymysql.connections import Connection
from pymysql.constants import ER
from pymysql.err import MySQLError

from betpnl.errors import UserError
from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack import resolve

T = TypeVar("T")

RETRY_AFTER_S = 2
_SILENT = "MySQL does not answer."
_CONNECT_TIMEOUT_S = 3
# Above the statement's own limit: for a server that hangs and says nothing at all.
_SILENCE_S = 2
_TOO_SLOW = (3024, 1969)
_NO_TABLES = (ER.NO_SUCH_TABLE, ER.BAD_DB_ERROR, ER.VIEW_INVALID, ER.BAD_FIELD_ERROR)


class UnavailableError(Exception):
    """MySQL has no answer now, and may have one soon. The text is for the client."""

    def __init__(self, sentence: str, code: str = "database_away") -> None:
        super().__init__(sentence)
        self.code = code


def open_reader(settings: Settings) -> Connection:
    """A connection of the user that may only read, in a session that only reads.

    MySQL itself ends a question that takes longer than the setting allows. Found anew each time:
    after a restart the server may listen elsewhere. Raises UserError or pymysql.MySQLError.
    """
    time_max_ms = settings.api_read_time_max_ms
    found = resolve.external_mysql(settings) if settings.mysql_url else resolve.mysql(settings)
    connection = connect(
        found,
        read_only=True,
        connect_timeout_s=_CONNECT_TIMEOUT_S,
        read_timeout_s=time_max_ms / 1000 + _SILENCE_S,
    )
    with connection.cursor() as cursor:
        # Also where there is no user of its own for reading.
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        if "MariaDB" in connection.get_server_info():
            cursor.execute("SET SESSION max_statement_time = %s", (time_max_ms / 1000,))
        else:
            cursor.execute("SET SESSION max_execution_time = %s", (time_max_ms,))
    return connection


def why(error: Exception) -> UnavailableError:
    """What to tell a client about a UserError or an error of MySQL: no address, no user."""
    number = error.args[0] if error.args else 0
    if number in _TOO_SLOW:
        return UnavailableError(
            "This takes MySQL longer than api_read_time_max_ms allows; ask for less.", "too_slow"
        )
    if number in _NO_TABLES:
        return UnavailableError(
            "There are no figures yet: no job has been submitted.", "no_figures"
        )
    return UnavailableError(_SILENT)


class Pool:
    """At most api_read_connections_max questions at once, each in a thread of its own.

    More than that wait for one another, a while: then the answer is that it is busy.
    """

    def __init__(self, settings: Settings) -> None:
        count = settings.api_read_connections_max
        self._wait_s = settings.api_read_time_max_ms / 1000
        self._answer_s = self._wait_s + _SILENCE_S
        self._room = asyncio.Semaphore(count)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="pnl")
        self._connections = PooledDB(
            creator=lambda: open_reader(settings),
            maxcached=count,
            maxconnections=count,
            blocking=True,
        )

    async def run(self, ask: Callable[[Connection], T]) -> T:
        """Ask within one snapshot of the database. Raises UnavailableError."""
        try:
            await asyncio.wait_for(self._room.acquire(), self._wait_s)
        except TimeoutError:
            raise UnavailableError("Too many questions at once; ask again soon.", "busy") from None
        loop = asyncio.get_running_loop()
        asked = self._threads.submit(self._ask, ask)
        # Its place is free when the thread is, not when nobody waits for it any longer.
        asked.add_done_callback(lambda _: loop.call_soon_threadsafe(self._room.release))
        answer = asyncio.wrap_future(asked)
        done, _ = await asyncio.wait({answer}, timeout=self._answer_s)
        if not done:
            answer.add_done_callback(lambda late: late.exception())
            raise UnavailableError(_SILENT)
        return answer.result()

    def close(self) -> None:
        """Let go of the connections."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._connections.close()

    def _ask(self, ask: Callable[[Connection], T]) -> T:
        try:
            with closing(self._connections.connection()) as connection:
                # Within a transaction the pool asks no question a second time by itself.
                connection.begin()
                return ask(connection)
        except (UserError, MySQLError, OSError) as error:
            raise why(error) from error
