"""How long to leave something alone that fails."""

from __future__ import annotations

import time

PAUSE_MIN_S, PAUSE_MAX_S = 0.1, 10.0


class Pause:
    """Waits longer each time that something fails again."""

    def __init__(self, most_s: float = PAUSE_MAX_S) -> None:
        self._next_s, self._until_s, self._most_s = PAUSE_MIN_S, 0.0, most_s

    def failed(self) -> None:
        """Do not try before a while is over."""
        self._until_s = time.monotonic() + self._next_s
        self._next_s = min(self._most_s, 2 * self._next_s)

    def worked(self) -> None:
        """Try again at once, next time that something fails."""
        self._next_s = PAUSE_MIN_S

    @property
    def over(self) -> bool:
        """Whether it may be tried."""
        return time.monotonic() >= self._until_s
