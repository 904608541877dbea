"""Reads the board again and again beside the screen, whatever becomes of MySQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Protocol

import pymysql

from betpnl.errors import UserError
from betpnl.watch.rates import Motions
from betpnl.watch.reading import Reading
from betpnl.watch.state import State

# The board may take no more than a fifth of the time: on a big book it is read less often.
SHARE_MAX = 0.2


class Board(Protocol):
    """Gives readings. May raise UserError or pymysql.MySQLError, and work again later."""

    def read(self) -> Reading:
        """Read now, connecting first where needed."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class Reader:
    """A thread of its own, so that a MySQL that hangs does not stop the screen."""

    def __init__(self, board: Board, interval_s: float) -> None:
        self._board = board
        self._interval_s = interval_s
        self._motions = Motions()
        self._state = State()
        self._end = threading.Event()
        self._news = threading.Event()
        # Not waited for at the end: it may hang in a read that never comes back.
        self._thread = threading.Thread(target=self._run, name="board", daemon=True)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.set()

    @property
    def state(self) -> State:
        """What is known now."""
        return self._state

    def wait(self, timeout_s: float) -> None:
        """Return when there is something new, or the time is over."""
        self._news.wait(timeout_s)
        self._news.clear()

    def _run(self) -> None:
        while not self._end.is_set():
            began_s = time.monotonic()
            self._state = replace(self._state, asked_s=began_s)
            self._state = self._read(self._board.read)
            self._news.set()
            took_s = time.monotonic() - began_s
            self._end.wait(max(self._interval_s - took_s, took_s / SHARE_MAX - took_s))
        self._board.close()

    def _read(self, read: Callable[[], Reading]) -> State:
        try:
            reading = read()
        except (UserError, OSError, pymysql.err.MySQLError) as error:
            self._board.close()
            return replace(self._state, asked_s=None, problem=_sentence(error))
        return State(reading, self._motions.after(reading), time.monotonic())


def _sentence(error: Exception) -> str:
    if isinstance(error, UserError):
        return str(error)
    return f"MySQL says: {error.args[-1] if error.args else type(error).__name__}"
