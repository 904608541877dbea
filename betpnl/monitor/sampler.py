"""Takes a bet a second from the log and watches for its row: the whole way, as a user sees it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from pymysql.connections import Connection
from pymysql.err import MySQLError

from betpnl.api.pnl.pool import open_reader
from betpnl.errors import UserError
from betpnl.monitor.latency import Placed, Waiting, utc_now
from betpnl.monitor.metrics import Latencies
from betpnl.monitor.tail import Tail
from betpnl.settings import Settings

# While bets are late, more of them tell nothing new.
_EVERY_S, _EVERY_LATE_S = 1.0, 5.0
_IDLE_S = 0.5
_PAUSE_S = 2.0

_VERSIONS = "SELECT bet_id, version FROM bet WHERE bet_id IN %s"
_PLACED = "SELECT game_id, handle, updated_at FROM game_placed WHERE game_id IN %s"


class Sampler:
    """A thread of its own; whatever is away, it tries again."""

    def __init__(self, settings: Settings, latencies: Latencies) -> None:
        self._settings = settings
        self._tail = Tail(settings)
        self._waiting = Waiting(latencies)
        self._connection: Connection | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="monitor-sampler", daemon=True)

    def start(self) -> None:
        """Sample from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Sample no more."""
        self._end.set()

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                self._step()
            except (UserError, MySQLError, OSError):
                self._close()
                # A bet that is awaited meanwhile is late, and counts as it comes.
                self._end.wait(_PAUSE_S)
        self._close()
        self._tail.close()

    def _step(self) -> None:
        now = utc_now()
        wait_s = self._waiting.wait_s(now)
        every_s = _EVERY_LATE_S if self._waiting.is_late(now) else _EVERY_S
        bet = self._tail.next(min(_IDLE_S, _IDLE_S if wait_s is None else wait_s), every_s)
        if bet is not None:
            # The sums first: they are what changes first.
            placed = self._placed([bet.game_id])
            versions = dict(self._ask(_VERSIONS, [bet.bet_id]))
            self._waiting.add(bet, versions.get(bet.bet_id), placed.get(bet.game_id))
        bet_ids, game_ids = self._waiting.due(utc_now())
        if bet_ids:
            sums = self._placed(game_ids)
            rows = dict(self._ask(_VERSIONS, bet_ids))
            self._waiting.look(utc_now(), rows, sums)

    def _placed(self, game_ids: Sequence[str]) -> dict[str, Placed]:
        return {row[0]: (row[1], row[2]) for row in self._ask(_PLACED, game_ids)}

    def _ask(self, query: str, keys: Sequence[str]) -> Sequence[Any]:
        if not keys:
            return ()
        if self._connection is None:
            self._connection = open_reader(self._settings)
        with self._connection.cursor() as cursor:
            cursor.execute(query, (keys,))
            found: Sequence[Any] = cursor.fetchall()
            return found

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection._force_close()
