"""Markets that were called off for a period: the bets accepted in it do not count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from betpnl.contract.records import Bet, MarketCancel
from betpnl.contract.texts import epoch_ms

MarketKey = tuple[str, str, str]
"""Game, market, line."""


class Period(NamedTuple):
    """Milliseconds since 1970. begins belongs to it, ends does not; None is without an end."""

    begins_ms: int | None
    ends_ms: int | None

    def holds(self, time_ms: int) -> bool:
        """Whether a moment lies in it."""
        return (self.begins_ms is None or self.begins_ms <= time_ms) and (
            self.ends_ms is None or time_ms < self.ends_ms
        )


def markets_of(bet: Bet) -> Iterator[MarketKey]:
    """The markets that a bet is on; of an each-way bet those of its places, too."""
    for leg in bet.legs:
        yield leg.game_id, leg.market, leg.line
        if bet.each_way is not None:
            yield leg.game_id, bet.each_way.market, leg.line


class Cancels:
    """The newest word on each market; may be asked while another thread adds."""

    def __init__(self) -> None:
        self._newest: dict[MarketKey, MarketCancel] = {}
        self._active: dict[MarketKey, Period] = {}

    def __bool__(self) -> bool:
        return bool(self._active)

    def add(self, cancel: MarketCancel) -> bool:
        """Take a record; whether it is news. Of two of one version the first counts."""
        key = cancel.game_id, cancel.market, cancel.line
        before = self._newest.get(key)
        if before is not None and before.version >= cancel.version:
            return False
        self._newest[key] = cancel
        if cancel.status == "cancelled":
            self._active[key] = Period(
                None if cancel.from_ is None else epoch_ms(cancel.from_),
                None if cancel.to is None else epoch_ms(cancel.to),
            )
        else:
            self._active.pop(key, None)
        return True

    def hit(self, bet: Bet, accepted_ms: int) -> bool:
        """Whether a bet that was accepted then is called off: any leg's market is enough."""
        for key in markets_of(bet):
            period = self._active.get(key)
            if period is not None and period.holds(accepted_ms):
                return True
        return False

    def period(self, key: MarketKey) -> Period | None:
        """For which period a market is called off; None if it is not."""
        return self._active.get(key)

    def all(self) -> list[MarketCancel]:
        """The newest word on each market."""
        return list(self._newest.values())
