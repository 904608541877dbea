"""What is going on, step by step, whenever no other picture is on the terminal."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

from rich.console import Console

from betpnl.stack.progress import progress


class Steps:
    """One moving line a step, or plain lines into a file; `close` leaves them standing."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown = ExitStack()
        self._report: Callable[[str, str], None] | None = None
        # Services report from threads of their own, and two must not open two pictures.
        self._lock = threading.Lock()

    def report(self, step: str, line: str) -> None:
        """Say how far a step is; opens the picture where it is closed. Safe from any thread."""
        with self._lock:
            if self._report is None:
                self._report = self._shown.enter_context(progress(self._console))
            report = self._report
        report(step, line)

    def close(self) -> None:
        """Make room for another picture."""
        with self._lock:
            self._report = None
            self._shown.close()
