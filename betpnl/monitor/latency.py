"""Decides of sampled bets how long each was on its way, by what stands in MySQL.

A bet is there when its row has its version, or a later one. A game's sums hold a bet for certain
when the game's handle grew by just that bet's, from a value that was written before the bet was
sent. On a game that others bet on in the same moment that cannot be told, and is not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from betpnl.monitor.metrics import Latencies
from betpnl.monitor.tail import Sampled

LOST_S = 60.0
LATE_S = 5.0

# A latency is as exact as a twentieth of itself, so a bet that is late costs few looks.
_EXACT, _LOOK_EVERY_S_MIN = 20, 0.01

Placed = tuple[Decimal, datetime]
"""A game's handle, and when MySQL wrote it."""

_NOTHING: Placed = (Decimal(0), datetime.min)


@dataclass
class _Waiting:
    bet: Sampled
    handle_before: Decimal | None
    look_at: datetime

    def since_s(self, now: datetime) -> float:
        return max(0.0, (now - self.bet.logged_at).total_seconds())


class Waiting:
    """Sampled bets whose rows are awaited. Times are UTC, by this machine's clock."""

    def __init__(self, latencies: Latencies) -> None:
        self._latencies = latencies
        self._bets: dict[str, _Waiting] = {}

    def __len__(self) -> int:
        return len(self._bets)

    def due(self, now: datetime) -> tuple[list[str], list[str]]:
        """Bets whose rows are to be looked for now, and games whose sums are."""
        due = self._due(now)
        games = (each.bet.game_id for each in due if each.handle_before is not None)
        return [each.bet.bet_id for each in due], list(dict.fromkeys(games))

    def wait_s(self, now: datetime) -> float | None:
        """Until the next look is due; None when nothing is awaited."""
        next_at = min((each.look_at for each in self._bets.values()), default=None)
        return None if next_at is None else max(0.0, (next_at - now).total_seconds())

    def is_late(self, now: datetime) -> bool:
        """Whether a bet is awaited for seconds already."""
        return any(each.since_s(now) > LATE_S for each in self._bets.values())

    def add(self, bet: Sampled, version: int | None, placed: Placed | None) -> None:
        """Await a bet. version: its row's now, None without one. placed: its game's sums now.

        A row that is there already tells nothing: the bet was sent twice, or is an old version.
        """
        if (version is not None and version >= bet.version) or bet.bet_id in self._bets:
            self._count("skipped")
            return
        handle, written_at = placed or _NOTHING
        certain = version is None and bet.handle > 0 and written_at < bet.logged_at
        self._bets[bet.bet_id] = _Waiting(bet, handle if certain else None, datetime.min)

    def look(
        self, now: datetime, versions: Mapping[str, int], placed: Mapping[str, Placed]
    ) -> None:
        """Decide on what is due, by what stands in MySQL: versions by bet, sums by game."""
        for each in self._due(now):
            since_s = each.since_s(now)
            self._look_at_game(each, since_s, placed)
            if versions.get(each.bet.bet_id, -1) >= each.bet.version:
                self._latencies.bet.observe(since_s)
                self._count("measured")
                del self._bets[each.bet.bet_id]
            elif since_s > LOST_S:
                self._count("lost")
                del self._bets[each.bet.bet_id]
            else:
                pause_s = max(_LOOK_EVERY_S_MIN, since_s / _EXACT)
                each.look_at = now + timedelta(seconds=pause_s)

    def _due(self, now: datetime) -> list[_Waiting]:
        return [each for each in self._bets.values() if each.look_at <= now]

    def _look_at_game(self, each: _Waiting, since_s: float, placed: Mapping[str, Placed]) -> None:
        if each.handle_before is None:
            return
        handle, _ = placed.get(each.bet.game_id, _NOTHING)
        if handle == each.handle_before:
            return
        if handle - each.handle_before == each.bet.handle:
            self._latencies.game.observe(since_s)
        each.handle_before = None

    def _count(self, outcome: str) -> None:
        self._latencies.samples.labels(outcome).inc()


def utc_now() -> datetime:
    """This machine's clock, as MySQL's times are: UTC, without saying so."""
    return datetime.now(UTC).replace(tzinfo=None)
