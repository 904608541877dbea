"""Asks one part again and again, in a thread of its own: a part that hangs holds up nobody."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

SILENT_S = 6.0
"""An answer that takes longer than this is none."""

_log = logging.getLogger(__name__)


class Asking(Generic[T]):
    """ask: may block and raise. silent: makes the answer of a part that failed, of why.

    A failure is an answer like any other: `now` never raises.
    """

    def __init__(
        self,
        name: str,
        ask: Callable[[], T],
        silent: Callable[[str], T],
        every_s: float,
        silent_s: float = SILENT_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._ask, self._silent = name, ask, silent
        self._every_s, self._silent_s, self._clock = every_s, silent_s, clock
        self._answer: T | None = None
        self._asked_s: float | None = None
        self._end = threading.Event()
        # Not waited for at the end: it may hang in a question that never comes back.
        self._thread = threading.Thread(target=self._run, name=f"monitor-{name}", daemon=True)

    def start(self) -> None:
        """Ask from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._end.set()

    def now(self) -> T | None:
        """The newest answer; None before the first."""
        asked_s = self._asked_s
        if asked_s is not None and self._clock() - asked_s > self._silent_s:
            return self._silent(f"no answer for {self._clock() - asked_s:.0f} s")
        return self._answer

    def once(self) -> None:
        """Ask now."""
        self._asked_s = self._clock()
        try:
            self._answer = self._ask()
        except Exception as error:
            # Whatever it is, the others go on and this one is asked again.
            _log.debug("%s: %r", self._name, error)
            self._answer = self._silent(_sentence(error))
        finally:
            self._asked_s = None

    def _run(self) -> None:
        while not self._end.is_set():
            self.once()
            self._end.wait(self._every_s)


def _sentence(error: Exception) -> str:
    text = str(error.args[-1] if error.args else error) or type(error).__name__
    return text.splitlines()[0].rstrip(".")
