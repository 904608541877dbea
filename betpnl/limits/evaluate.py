"""Judges figures against limits: when a breach begins, gets worse, and ends. No clock, no
database: the time comes with the figure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from betpnl.limits.events import Began, Ended, Event, Worse
from betpnl.limits.records import Breach, Ending, Limit

_MICROSECONDS = 1000


def utc(now_s: float) -> datetime:
    """Seconds since 1970 as MySQL keeps a time: UTC, without an offset, cut to milliseconds."""
    time = datetime.fromtimestamp(now_s, UTC).replace(tzinfo=None)
    return time.replace(microsecond=time.microsecond // _MICROSECONDS * _MICROSECONDS)


class Judge:
    """Knows the open breach of each limit. Not for two threads at once.

    A breach begins when a figure has been beyond the bound for stand_s: the tables that a figure is
    made of are written one after the other, and between them it may be what it never was. So the
    worst that counts is what stood as long. It ends when the figure has been within
    it for hold_s: one that dances on the bound is one breach, not a hundred.
    """

    def __init__(self, hold_s: float, stand_s: float = 0.0) -> None:
        self._hold_s, self._stand_s = hold_s, stand_s
        self._beyond_since: dict[tuple[int, int], list[tuple[float, Decimal]]] = {}
        self._open: dict[int, Breach] = {}
        self._within_since_s: dict[int, float] = {}

    @property
    def open_breaches(self) -> tuple[Breach, ...]:
        """All that are open, oldest first."""
        return tuple(sorted(self._open.values(), key=lambda breach: breach.began_at))

    def see(self, limit: Limit, value: Decimal | None, now_s: float) -> Event | None:
        """Judge a figure; None: there is none, as of a game that is followed no more."""
        breach = self._open.get(limit.limit_id)
        if value is not None and limit.is_broken_by(value):
            self._within_since_s.pop(limit.limit_id, None)
            stood = self._stood(limit, value, now_s)
            return None if stood is None else self._beyond(limit, breach, stood, now_s)
        self._beyond_since.pop((limit.limit_id, limit.version), None)
        if breach is None:
            return None
        since_s = self._within_since_s.setdefault(limit.limit_id, now_s)
        if now_s - since_s < self._hold_s:
            return None
        del self._open[limit.limit_id], self._within_since_s[limit.limit_id]
        because: Ending = "gone" if value is None else "within"
        return Ended(limit, value, utc(now_s), utc(since_s), because)

    def settle(self, recorded: Iterable[Breach], limits: Iterable[int], busy: set[int]) -> None:
        """Take over which breaches the database has open, of these limits. busy: limits of which
        something is not written yet, so that we know better."""
        wanted = set(limits)
        known = {breach.limit_id: breach for breach in recorded if breach.limit_id in wanted}
        self._open = {
            limit_id: breach for limit_id, breach in self._open.items() if limit_id in busy
        } | {limit_id: breach for limit_id, breach in known.items() if limit_id not in busy}
        self._within_since_s = {
            limit_id: since_s
            for limit_id, since_s in self._within_since_s.items()
            if limit_id in self._open
        }
        self._beyond_since = {
            key: seen for key, seen in self._beyond_since.items() if key[0] in wanted
        }

    def _stood(self, limit: Limit, value: Decimal, now_s: float) -> Decimal | None:
        """The least that it was beyond the bound for stand_s up to now; None if it was not."""
        seen = self._beyond_since.setdefault((limit.limit_id, limit.version), [])
        seen.append((now_s, value))
        while len(seen) > 1 and seen[1][0] <= now_s - self._stand_s:
            del seen[0]
        if seen[0][0] > now_s - self._stand_s:
            return None
        least = seen[0][1]
        for _, each in seen:
            least = each if limit.worse(least, each) == least else least
        return least

    def _beyond(
        self, limit: Limit, breach: Breach | None, value: Decimal, now_s: float
    ) -> Event | None:
        if breach is None:
            self._open[limit.limit_id] = _new_breach(limit, value, utc(now_s))
            return Began(limit, value, value, utc(now_s))
        worst = limit.worse(breach.worst_value, value)
        if worst == breach.worst_value:
            return None
        self._open[limit.limit_id] = replace(breach, worst_value=worst)
        return Worse(limit, worst)


def _new_breach(limit: Limit, value: Decimal, at: datetime) -> Breach:
    return Breach(
        scope=limit.scope,
        measure=limit.measure,
        bound=limit.bound,
        sport=limit.sport,
        game_id=limit.game_id,
        market=limit.market,
        line=limit.line,
        note=limit.note,
        limit_id=limit.limit_id,
        limit_version=limit.version,
        began_at=at,
        began_value=value,
        worst_value=value,
    )
