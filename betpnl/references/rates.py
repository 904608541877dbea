"""Exchange rates by time."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from decimal import Decimal

from betpnl.contract.records import FxRate
from betpnl.contract.texts import epoch_ms


class Rates:
    """The newest word on each rate; may be asked while another thread adds."""

    def __init__(self) -> None:
        self._newest: defaultdict[str, dict[int, FxRate]] = defaultdict(dict)
        self._in_order: dict[str, tuple[tuple[int, ...], tuple[Decimal, ...]]] = {}

    def add(self, rate: FxRate) -> bool:
        """Take a record; whether it is news. Of two of one version the first counts."""
        known = self._newest[rate.currency]
        begins = epoch_ms(rate.valid_from)
        before = known.get(begins)
        if before is not None and before.version >= rate.version:
            return False
        known[begins] = rate
        times = tuple(sorted(known))
        # Put in its place whole, so that whoever asks meanwhile sees the old one or the new one.
        self._in_order[rate.currency] = times, tuple(known[time].rate for time in times)
        return True

    def at(self, currency: str, time_ms: int) -> Decimal | None:
        """The rate valid at a moment, milliseconds since 1970; None before the first."""
        times, rates = self._in_order.get(currency, ((), ()))
        place = bisect_right(times, time_ms)
        return rates[place - 1] if place else None

    def period(self, currency: str, begins_ms: int) -> tuple[Decimal | None, int | None]:
        """The rate that is valid from a moment on, and until when; None if for good."""
        times, rates = self._in_order.get(currency, ((), ()))
        place = bisect_right(times, begins_ms)
        rate = rates[place - 1] if place else None
        return rate, times[place] if place < len(times) else None

    def all(self) -> list[FxRate]:
        """Every rate, the newest version of each."""
        return [rate for known in self._newest.values() for rate in known.values()]
