"""How many records a second a client may send."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from betpnl.api import metrics
from betpnl.api.auth import Client
from betpnl.api.errors import ApiError


class Rates:
    """Counts records by client, so that two tokens of one client share its limit."""

    def __init__(self, records_per_s: int) -> None:
        """records_per_s: for clients without a limit of their own; 0 is none."""
        self._usual = records_per_s
        self._limiter: SlidingWindowCounterRateLimiter | None = None

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
        if self._limiter is None:
            # It keeps a thread busy, which nobody needs who limits nobody.
            self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        item = RateLimitItemPerSecond(limit)
        if self._limiter.hit(item, client.name, cost=records):
            return
        metrics.LIMITED.labels(client.name).inc()
        reset_s = self._limiter.get_window_stats(item, client.name).reset_time - time.time()
        raise ApiError(
            429,
            "too_many_records",
            f"{client.name} may send {limit} records a second.",
            retry_after_s=max(1, math.ceil(reset_s)),
        )
