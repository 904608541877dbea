"""From planned times and visible counts to latencies.

Bets reach MySQL through several partitions, so the k-th to become visible in a game need not be
the k-th that was sent. What a count of k does say is that k bets are visible by now; each is
set against the planned times in their order. Over many bets the error is nil: each visible bet
and each planned time is used once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from betpnl.contract.topics import BETS
from betpnl.replay import Block, Mix, Plan

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# A cancelled bet lowers its games' counts, which then no longer say how many bets were seen.
MIX = Mix(cancelled=0.0)
QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "max": 1.0}


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


@dataclass(frozen=True)
class Seen:
    """What the observer saw: a row for each time that a game's count was another.

    at_s: seconds since 1970 when the answer was there. games: place in `game_ids`. counts: bets.
    """

    game_ids: list[str]
    at_s: Floats
    games: Integers
    counts: Integers


def planned(plan: Plan, blocks: Iterable[Block] | None = None) -> Planned:
    """The planned times of a plan's counts."""
    parts = [
        (block.counted_at_s, block.counted_games)
        for block in (plan.blocks() if blocks is None else blocks)
        if len(block.counted_games)
    ]
    at_s = np.concatenate([part[0] for part in parts])
    games = np.concatenate([part[1] for part in parts])
    return Planned(
        {
            fixture.game_id: at_s[games == fixture.number]
            for fixture in plan.timeline.fixtures
            if (games == fixture.number).any()
        }
    )


def by_batch(planned_counts: Planned, blocks: Iterable[Block], size: int) -> Planned:
    """The same counts, each at the time when the batch that carries its bet is due to go out.

    size: messages of the topic `bets` in a batch, which is due with its last.
    """
    at_s = np.concatenate([block.at_s for block in blocks if block.topic is BETS])
    due_s = np.append(at_s[size - 1 :: size], at_s[-1])
    return Planned(
        {
            game_id: due_s[np.searchsorted(due_s, times_s)]
            for game_id, times_s in planned_counts.times_s.items()
        }
    )


def latencies(planned_counts: Planned, seen: Seen, origin_s: float, warmup_s: float) -> Floats:
    """Seconds from planned to visible for each count planned after the warm-up, NaN if unseen."""
    found: list[Floats] = [np.empty(0)]
    for game_id, times_s in planned_counts.times_s.items():
        place = seen.game_ids.index(game_id) if game_id in seen.game_ids else -1
        rows = seen.games == place
        # A correction may lower a count for a moment: what was visible once has been visible.
        counts = np.maximum.accumulate(seen.counts[rows])
        at_s = np.append(seen.at_s[rows], np.nan)
        first = np.searchsorted(counts, np.arange(1, len(times_s) + 1), side="left")
        latency_s = at_s[first] - origin_s - times_s
        found.append(latency_s[times_s >= warmup_s])
    return np.concatenate(found)


def figures(latency_s: Floats) -> dict[str, float | int | None]:
    """Quantiles in milliseconds over what was seen, and how many were not."""
    seen = latency_s[~np.isnan(latency_s)]
    quantiles = {
        name: round(float(np.quantile(seen, share)) * 1000, 2) if len(seen) else None
        for name, share in QUANTILES.items()
    }
    return {"counts": len(latency_s), "unseen": len(latency_s) - len(seen), **quantiles}


def steady_rate(seen: Seen, low: float, high: float) -> float:
    """Counts a second while the total went from one share of its end (0 to 1) to another.

    0 when one look saw both.
    """
    growth = seen.counts.copy()
    for place in range(len(seen.game_ids)):
        rows = np.flatnonzero(seen.games == place)
        growth[rows[1:]] -= seen.counts[rows[:-1]]
    total = np.cumsum(growth)
    first, last = (int(np.argmax(total >= share * total[-1])) for share in (low, high))
    passed_s = float(seen.at_s[last] - seen.at_s[first])
    return float(total[last] - total[first]) / passed_s if passed_s > 0 else 0.0
