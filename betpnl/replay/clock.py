"""Time, passed in so that tests need not wait for it."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    def now(self) -> float:
        """Seconds since 1970, UTC; never goes back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait; may take a little longer, never shorter."""
        ...


class SystemClock:
    """The machine's clock, set once and then carried on by the monotonic one."""

    def __init__(self) -> None:
        self._offset_s = time.time() - time.monotonic()

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return self._offset_s + time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
