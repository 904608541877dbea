"""From planned times and visible counts to latencies.

Bets reach MySQL through several partitions, so the k-th to become visible in a game need not be
the k-th that was sent. What a count of k does say is that k bets are visible by now; each is
set against the planned times in their order. The mean is right, as each visible bet and each
planned time is used once; but of all ways to pair them this one has the smallest spread, so what
overtakes hides what is late. `probes` know each bet's own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from betpnl.replay import Mix

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
T = TypeVar("T", bound=np.generic)

# A cancelled bet lowers its games' counts, which then no longer say how many bets were seen.
MIX = Mix(cancelled=0.0)


@dataclass(frozen=True)
class Planned:
    """When each bet counts in each of its games.

    times_s: by game id, in seconds from the plan's origin, rising.
    """

    times_s: dict[str, Floats]

    @property
    def counts(self) -> int:
        """How many counts there are over all games."""
        return sum(len(times) for times in self.times_s.values())

    def __or__(self, other: Planned) -> Planned:
        """The counts of both, which have no game in common."""
        return Planned(self.times_s | other.times_s)

    def in_order(self) -> list[tuple[str, float]]:
        """Each game with its first count, rising by time."""
        firsts = ((game_id, float(times_s[0])) for game_id, times_s in self.times_s.items())
        return sorted(firsts, key=lambda each: each[1])

    def only(self, game_ids: Collection[str]) -> Planned:
        """The same of these games."""
        return Planned({each: self.times_s[each] for each in self.times_s if each in game_ids})


@dataclass(frozen=True)
class Seen:
    """What the observer saw: a row for each time that a game's count was another.

    at_s: seconds since 1970 when the answer was there, rising. games: place in `game_ids`.
    counts: bets.
    """

    game_ids: list[str]
    at_s: Floats
    games: Integers
    counts: Integers

    def by_game(self) -> dict[str, tuple[Floats, Integers]]:
        """Times and counts of each game."""
        at_s = _split(self.at_s, self.games, len(self.game_ids))
        counts = _split(self.counts, self.games, len(self.game_ids))
        return dict(zip(self.game_ids, zip(at_s, counts, strict=True), strict=True))

    def total(self) -> Integers:
        """The count over all games after each row."""
        growth = self.counts.copy()
        for place in range(len(self.game_ids)):
            rows = np.flatnonzero(self.games == place)
            growth[rows[1:]] -= self.counts[rows[:-1]]
        return np.cumsum(growth)


def planned(game_ids: Sequence[str], at_s: Floats, games: Integers) -> Planned:
    """Counts by game. at_s: when each is due, rising. games: place in `game_ids`."""
    times = _split(at_s, games, len(game_ids))
    return Planned({each: of for each, of in zip(game_ids, times, strict=True) if len(of)})


def _split(values: NDArray[T], groups: Integers, count: int) -> list[NDArray[T]]:
    """Values by their groups 0 to count - 1, in their order."""
    order = np.argsort(groups, kind="stable")
    ends = np.cumsum(np.bincount(groups, minlength=count))
    return np.split(values[order], ends[:-1]) if count else []


def by_batch(planned_counts: Planned, bets_at_s: Floats, size: int) -> Planned:
    """The same counts, each at the time when the batch that carries its bet is due to go out.

    bets_at_s: when each message of the topic `bets` is due. size: how many of them make a batch,
    which is due with its last.
    """
    due_s = np.append(bets_at_s[size - 1 :: size], bets_at_s[-1])
    return Planned(
        {
            game_id: due_s[np.searchsorted(due_s, times_s)]
            for game_id, times_s in planned_counts.times_s.items()
        }
    )


@dataclass(frozen=True)
class Matched:
    """Planned counts with their latencies [n]: seconds from the origin, seconds or NaN."""

    planned_s: Floats
    latency_s: Floats

    def between(self, from_s: float, to_s: float) -> Matched:
        """Those planned in [from_s, to_s)."""
        chosen = (self.planned_s >= from_s) & (self.planned_s < to_s)
        return Matched(self.planned_s[chosen], self.latency_s[chosen])

    @property
    def unseen(self) -> int:
        """How many never became visible."""
        return int(np.isnan(self.latency_s).sum())


def match(planned_counts: Planned, seen: Seen, origin_s: float) -> Matched:
    """Each planned count with the seconds until it was visible, NaN if it never was."""
    rows = seen.by_game()
    nothing = (np.empty(0), np.empty(0, np.int64))
    times: list[Floats] = [np.empty(0)]
    found: list[Floats] = [np.empty(0)]
    for game_id, times_s in planned_counts.times_s.items():
        seen_s, seen_counts = rows.get(game_id, nothing)
        # A correction may lower a count for a moment: what was visible once has been visible.
        counts = np.maximum.accumulate(seen_counts)
        first = np.searchsorted(counts, np.arange(1, len(times_s) + 1), side="left")
        found.append(np.append(seen_s, np.nan)[first] - origin_s - times_s)
        times.append(times_s)
    return Matched(np.concatenate(times), np.concatenate(found))


def overcounted(planned_counts: Planned, seen: Seen) -> int:
    """Counts beyond those that were planned: bets that were counted twice."""
    rows = seen.by_game()
    return sum(
        max(0, int(rows[game_id][1].max(initial=0)) - len(times_s))
        for game_id, times_s in planned_counts.times_s.items()
        if game_id in rows
    )


def steady_rate(seen: Seen, low: float, high: float) -> float:
    """Counts a second while the total went from one share of its end (0 to 1) to another.

    0 when one look saw both.
    """
    total = seen.total()
    first, last = (int(np.argmax(total >= share * total[-1])) for share in (low, high))
    passed_s = float(seen.at_s[last] - seen.at_s[first])
    return float(total[last] - total[first]) / passed_s if passed_s > 0 else 0.0
