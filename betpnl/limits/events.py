"""What can be seen of a limit, and the queue of what is not written down yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from betpnl.limits.records import Ending, Limit


@dataclass(frozen=True)
class Began:
    """The first figure beyond the bound. worst: the worst since. at: UTC."""

    limit: Limit
    value: Decimal
    worst: Decimal
    at: datetime


@dataclass(frozen=True)
class Worse:
    """A figure beyond all before."""

    limit: Limit
    value: Decimal


@dataclass(frozen=True)
class Ended:
    """The figure has been within the bound from `since` to `at`; None: there is none any more."""

    limit: Limit
    value: Decimal | None
    at: datetime
    since: datetime
    because: Ending


Event = Began | Worse | Ended


class Queue:
    """Events in their order. What worsens adds nothing to the length, so that a long while
    without MySQL costs no memory."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def add(self, event: Event) -> None:
        """Put one at the end."""
        if isinstance(event, Worse):
            for place in range(len(self._events) - 1, -1, -1):
                last = self._events[place]
                if last.limit.limit_id == event.limit.limit_id:
                    if isinstance(last, Began):
                        self._events[place] = replace(last, worst=event.value)
                        return
                    if isinstance(last, Worse):
                        self._events[place] = event
                        return
                    break
        self._events.append(event)

    def take(self) -> list[Event]:
        """All of them, which are then no longer here."""
        taken, self._events = self._events, []
        return taken

    def give_back(self, events: Iterable[Event]) -> None:
        """Put what could not be written before what has come since."""
        later, self._events = self._events, list(events)
        for event in later:
            self.add(event)

    def limit_ids(self) -> set[int]:
        """Whose events are here."""
        return {event.limit.limit_id for event in self._events}
