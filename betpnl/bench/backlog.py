"""The backlog: bets that should be visible by now and are not, and whether it grows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from betpnl.bench.matching import Planned, Seen
from betpnl.replay.stakes import Floats

_EVERY_S = 0.5


@dataclass(frozen=True)
class Backlog:
    """at_s: seconds from the origin, rising; waiting: bets due by then and not visible."""

    at_s: Floats
    waiting: Floats

    @property
    def drift_per_s(self) -> float:
        """By how many bets a second it grows, by least squares; 0 of fewer than two looks."""
        return slope(self.at_s, self.waiting)

    def figures(self) -> dict[str, Any]:
        """For the result."""
        if not len(self.at_s):
            return {}
        return {
            "drift_bets_per_s": round(self.drift_per_s, 2),
            "bets_mean": round(float(self.waiting.mean()), 1),
            "bets_max": round(float(self.waiting.max()), 1),
            "bets_at_end": round(float(self.waiting[-1]), 1),
        }


def backlog(
    planned: Planned, seen: Seen, origin_s: float, from_s: float, to_s: float, bets_per_count: float
) -> Backlog:
    """The backlog from `from_s` to `to_s` after the origin, twice a second.

    bets_per_count: how many bets one count of `planned` stands for. A bet of three legs counts
    three times, and of very many games only some are watched.
    """
    due_s = np.sort(np.concatenate([np.empty(0), *planned.times_s.values()]))
    at_s = np.arange(from_s, to_s, _EVERY_S)
    total = np.append(0, seen.total())
    visible = total[np.searchsorted(seen.at_s - origin_s, at_s, side="right")]
    waiting = np.searchsorted(due_s, at_s, side="right") - visible
    return Backlog(at_s, waiting * bets_per_count)


def slope(x: Floats, y: Floats) -> float:
    """Of the straight line through points, by least squares; 0 of fewer than two."""
    if len(x) < 2:
        return 0.0
    off = x - x.mean()
    return float((off * (y - y.mean())).sum() / (off * off).sum())
