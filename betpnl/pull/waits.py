"""How long is waited after a fault."""

from __future__ import annotations

import random
from typing import Any

from tenacity import RetryCallState, wait_exponential
from tenacity.wait import wait_base

from betpnl.pull.faults import Fault
from betpnl.pull.file import Limits

# So that many who wait do not all come back at once.
_JITTER = 0.5


class Waits(wait_base):
    """Doubling waits with jitter; what an API asks for by Retry-After is the least."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._doubling = wait_exponential(
            multiplier=limits.backoff_first_s, max=limits.backoff_max_s
        )

    def __call__(self, retry_state: RetryCallState) -> float:
        """Seconds until the next try."""
        fault: Any = retry_state.outcome.exception() if retry_state.outcome else None
        longest_s = self._doubling(retry_state)
        asked_s = 0.0
        if isinstance(fault, Fault):
            longest_s = max(longest_s, self._limits.retry_slow_s) if fault.slow else longest_s
            asked_s = min(fault.retry_after_s or 0.0, self._limits.retry_after_max_s)
        return max(longest_s * random.uniform(1 - _JITTER, 1), asked_s)
