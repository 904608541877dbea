"""A game's total PNL over the last minutes, for the small line in the grid.

Only to be looked at, a few pixels high: the one place where amounts may be floats.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from betpnl.board.rows import Row

EVERY_S = 10.0
SAMPLES = 30


class Sparks:
    """Takes a sample of every game now and then; times are on one monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[float]] = {}
        self._next_s = 0.0

    def sample(self, rows: Iterable[Row], now_s: float) -> bool:
        """Whether it was time for one. Who looks on takes theirs by the same sign."""
        if now_s < self._next_s:
            return False
        self._next_s = now_s + EVERY_S
        for row in rows:
            line = self._lines.setdefault(row["game_id"], deque(maxlen=SAMPLES))
            line.append(round(float(row["total_pnl"]), 2))
        return True

    def forget(self, game_id: str) -> None:
        """A game is not there any more."""
        self._lines.pop(game_id, None)

    def all(self) -> dict[str, list[float]]:
        """Oldest first, by game; one that never moved is not there."""
        return {key: list(line) for key, line in self._lines.items() if min(line) < max(line)}
