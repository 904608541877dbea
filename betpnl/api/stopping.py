"""The end of a process: said first, so that a load balancer sends no more, then carried out."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# A closed terminal as well: uvicorn knows of the other two only.
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopping:
    """Whether the process is about to end."""

    def __init__(self, drain_s: float) -> None:
        """drain_s: between the first signal and its usual effect. A second one does not wait."""
        self._drain_s = drain_s
        self._told = False

    def problem(self) -> str:
        """For `/readyz`."""
        return "the server is stopping" if self._told else ""

    @contextmanager
    def heard(self) -> Iterator[None]:
        """While it lasts, signals are noted here before the server's own handlers act.

        Only in the main thread, where signals arrive; call it with the loop running.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        before = {number: signal.getsignal(number) for number in _SIGNALS}

        def note(number: int, frame: FrameType | None) -> None:
            first, self._told = not self._told, True
            number = signal.SIGTERM if number == signal.SIGHUP else number
            act = before[signal.Signals(number)]
            assert callable(act)
            if first and self._drain_s:
                loop.call_soon_threadsafe(loop.call_later, self._drain_s, act, number, frame)
            else:
                act(number, frame)

        heard = [number for number, act in before.items() if callable(act)]
        for number in heard:
            signal.signal(number, note)
        try:
            yield
        finally:
            for number in heard:
                signal.signal(number, before[number])
