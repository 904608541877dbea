"""Turns what ends a program into an exception, so that it can clean up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """SIGTERM and SIGHUP become KeyboardInterrupt; yields what turns all of them off."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in numbers}

    def off() -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)

    try:
        yield off
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
