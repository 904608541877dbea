"""How many records a second a client may send."""

from __future__ import annotations

import math

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage

from betpnl.api import metrics
from betpnl.api.auth import Client
from betpnl.api.errors import ApiError


class Rates:
    """Counts records by client, so that two tokens of one client share its limit."""

    def __init__(self, records_per_s: int) -> None:
        """records_per_s: for clients without a limit of their own; 0 is none."""
        self._usual = records_per_s
        self._counts: MemoryStorage | None = None

    def take(self, client: Client, records: int) -> None:
        """Count records. Raises ApiError: 429 with when to try again, and 413 for a batch that
        would never pass."""
        limit = self._usual if client.records_per_s is None else client.records_per_s
        if not limit:
            return
        if records > limit:
            raise ApiError(
                413,
                "batch_over_rate",
                f"{client.name} may send {limit} records a second, so no batch of {records}.",
            )
        if self._counts is None:
            # It keeps a thread busy, which nobody needs who limits nobody.
            self._counts = MemoryStorage()
        item = RateLimitItemPerSecond(limit)
        key, window_s = item.key_for(client.name), item.get_expiry()
        if self._counts.acquire_sliding_window_entry(key, limit, window_s, records):
            return
        metrics.LIMITED.labels(client.name).inc()
        wait_s = _wait_s(self._counts.get_sliding_window(key, window_s), limit - records)
        raise ApiError(
            429,
            "too_many_records",
            f"{client.name} may send {limit} records a second.",
            retry_after_s=max(1, math.ceil(wait_s)),
        )


def _wait_s(window: tuple[int, float, int, float], before_max: int) -> float:
    """How long until no more than before_max records count, if none comes meanwhile.

    window: the records of the last second of the clock and of this one, each followed by the
    seconds until they count no longer. Over their last second they count less and less.
    """
    last, last_left_s, this, this_left_s = window
    if this <= before_max:
        return last_left_s - (before_max - this) / last if last else 0
    return this_left_s - before_max / this
