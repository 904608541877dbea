"""Bets a second by game, over the last seconds."""

from __future__ import annotations

from collections import deque

WINDOW_S = 5.0


class Rates:
    """Told of each game's count of bets; times are on one monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._bets: dict[str, int] = {}
        self._added: dict[str, deque[tuple[float, int]]] = {}
        self._shown: dict[str, float] = {}
        self._began_s: float | None = None

    def note(self, game_id: str, bets: int, now_s: float) -> None:
        """A game has so many bets now."""
        if self._began_s is None:
            self._began_s = now_s
        # What was there before the first reading did not come in this moment; a game that
        # appears later did.
        first = bets if now_s == self._began_s else 0
        added = bets - self._bets.get(game_id, first)
        self._bets[game_id] = bets
        # A cancelled bet lowers the count: no bets a second are negative.
        if added > 0:
            self._added.setdefault(game_id, deque()).append((now_s, added))

    def forget(self, game_id: str) -> None:
        """A game is not there any more."""
        for known in (self._bets, self._added, self._shown):
            known.pop(game_id, None)

    def of(self, game_id: str) -> float:
        """A game's bets a second as of the last `moved`."""
        return self._shown.get(game_id, 0.0)

    @property
    def total(self) -> float:
        """All games' bets a second as of the last `moved`."""
        return _rounded(sum(self._shown.values()))

    def moved(self, now_s: float) -> list[str]:
        """The games whose rate is another one now."""
        began_s = now_s if self._began_s is None else self._began_s
        # In the first seconds there are not yet five to look back on.
        window_s = max(1.0, min(WINDOW_S, now_s - began_s))
        moved = []
        for game_id, added in list(self._added.items()):
            while added and added[0][0] <= now_s - WINDOW_S:
                added.popleft()
            rate = _rounded(sum(count for _, count in added) / window_s)
            if rate != self._shown.get(game_id, 0.0):
                self._shown[game_id] = rate
                moved.append(game_id)
            if not added:
                del self._added[game_id]
                self._shown.pop(game_id, None)
        return moved


def _rounded(rate: float) -> float:
    return round(rate) if rate >= 10 else round(rate, 1)
