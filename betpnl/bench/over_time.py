"""How a measurement went, second by second, for the chart; and whether it grew worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from betpnl.bench.backlog import Backlog
from betpnl.bench.matching import Matched, Seen

_FIFTH = 0.2
_PARTS_MAX = 200


def by_second(matched: Matched, waiting: Backlog) -> dict[str, list[Any]]:
    """p50, p99 and max of the bets planned in each second, and the backlog at its end.

    What was never seen is longer than anything: a quantile that is one of those is None.
    """
    order = np.argsort(matched.planned_s, kind="stable")
    seconds = np.floor(matched.planned_s[order]).astype(np.int64)
    latency_ms = matched.latency_s[order] * 1000
    edges = np.flatnonzero(np.diff(seconds)) + 1
    columns: dict[str, list[Any]] = {
        "second": [], "p50_ms": [], "p99_ms": [], "max_ms": [], "backlog_bets": []
    }  # fmt: skip
    latency_ms[np.isnan(latency_ms)] = np.inf
    if not len(seconds):
        return columns
    for second, part in zip(
        (int(each[0]) for each in np.split(seconds, edges)),
        np.split(latency_ms, edges),
        strict=True,
    ):
        columns["second"].append(second)
        for name, share in (("p50_ms", 0.5), ("p99_ms", 0.99), ("max_ms", 1.0)):
            # None lies between two of them, as between a latency and none there is nothing.
            value = float(np.quantile(part, share, method="inverted_cdf"))
            columns[name].append(round(value, 2) if np.isfinite(value) else None)
        place = np.searchsorted(waiting.at_s, second + 1, side="right") - 1
        columns["backlog_bets"].append(
            round(float(waiting.waiting[place]), 1) if len(waiting.at_s) else None
        )
    return columns


def worked_off(seen: Seen, from_s: float, bets_per_count: float) -> dict[str, list[float]]:
    """Bets counted a second, over parts of a second or more, each named by its end.

    from_s: since 1970, when the job ran. bets_per_count: as in `backlog`.
    """
    if not len(seen.at_s):
        return {"second": [], "bets_per_s": []}
    length_s = float(seen.at_s.max()) - from_s
    part_s = max(1.0, length_s / _PARTS_MAX)
    ends_s = np.arange(1, max(1, round(length_s / part_s)) + 1) * part_s
    total = np.append(0, seen.total()) * bets_per_count
    there = total[np.searchsorted(seen.at_s - from_s, ends_s, side="right")]
    return {
        "second": ends_s.round(1).tolist(),
        "bets_per_s": (np.diff(there, prepend=0) / part_s).round().tolist(),
    }


def first_and_last(columns: Mapping[str, Sequence[float | None]]) -> dict[str, list[float | None]]:
    """The median second's p50 and p99 of the first fifth and of the last, from `by_second`.

    Where they are alike, latency does not grow with time or with what the job remembers.
    """
    length = max(1, int(len(columns["second"]) * _FIFTH))
    return {
        name: [_median(columns[name][:length]), _median(columns[name][-length:])]
        for name in ("p50_ms", "p99_ms")
    }


def _median(values: Sequence[float | None]) -> float | None:
    if not values:
        return None
    known = [np.inf if value is None else value for value in values]
    median = float(np.quantile(known, 0.5, method="inverted_cdf"))
    return round(median, 2) if np.isfinite(median) else None
