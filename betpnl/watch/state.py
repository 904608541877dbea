"""What is known at a moment: the last reading, what moved, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from betpnl.watch.rates import Motion
from betpnl.watch.reading import Reading

STALE_S = 5.0
"""Without a new figure for this long, the screen says so."""


@dataclass(frozen=True)
class State:
    """read_s: when the reading was taken; asked_s: since when an answer is awaited, None when
    none is (both on the monotonic clock). problem: why there is no newer reading, '' if all is
    well.
    """

    reading: Reading | None = None
    motion: Motion = field(default_factory=Motion)
    read_s: float = 0.0
    asked_s: float | None = None
    problem: str = ""


@dataclass(frozen=True)
class Health:
    """One sentence on how new the figures are; good: nothing to worry about."""

    good: bool
    sentence: str
