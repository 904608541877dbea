"""Bets a second and which way the money moves, from one reading to the next."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from betpnl.watch.reading import Reading

WINDOW_S = 5.0


@dataclass(frozen=True)
class Motion:
    """What moved since earlier readings. By game id; a game seen for the first time has none.

    bets_per_s: over the last seconds, all games together; None before there are two readings.
    up: whether a game's total PNL rose (True) or fell (False) since the reading before.
    """

    bets_per_s: float | None = None
    game_bets_per_s: dict[str, float] = field(default_factory=dict)
    up: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class _Past:
    at: datetime
    bets: int
    game_bets: dict[str, int]
    game_totals: dict[str, Decimal]


class Motions:
    """Remembers the readings of the last few seconds, on MySQL's clock."""

    def __init__(self) -> None:
        self._past: deque[_Past] = deque()

    def after(self, reading: Reading) -> Motion:
        """What moved up to this reading, which is remembered."""
        if reading.at is None:
            self._past.clear()
            return Motion()
        now = _Past(
            reading.at,
            reading.totals.bets,
            {line.game_id: line.bets for line in reading.lines},
            {line.game_id: line.total_pnl for line in reading.lines},
        )
        # One reading from before the window stays, or slow readings would never have two.
        while len(self._past) > 1 and (now.at - self._past[1].at).total_seconds() >= WINDOW_S:
            self._past.popleft()
        motion = self._motion(now)
        self._past.append(now)
        return motion

    def _motion(self, now: _Past) -> Motion:
        if not self._past or now.at <= self._past[0].at:
            return Motion()
        oldest, newest = self._past[0], self._past[-1]
        passed_s = (now.at - oldest.at).total_seconds()
        return Motion(
            # A cancelled bet lowers the count: no bets a second are negative.
            bets_per_s=max(0.0, (now.bets - oldest.bets) / passed_s),
            game_bets_per_s={
                game_id: max(0.0, (bets - oldest.game_bets[game_id]) / passed_s)
                for game_id, bets in now.game_bets.items()
                if game_id in oldest.game_bets
            },
            up={
                game_id: total > newest.game_totals[game_id]
                for game_id, total in now.game_totals.items()
                if total != newest.game_totals.get(game_id, total)
            },
        )
