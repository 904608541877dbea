"""Waiting for a condition: no test sleeps for a time that happens to be long enough."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

DEADLINE_S = 300


def until(condition: Callable[[], bool], missing: Callable[[], str] | str) -> None:
    """Wait for a condition; fail with what was still missing when the deadline has passed."""
    deadline, pause = time.monotonic() + DEADLINE_S, threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(missing if isinstance(missing, str) else missing())
        pause.wait(0.1)
