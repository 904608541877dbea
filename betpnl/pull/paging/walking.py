"""What every way through a list has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Place = dict[str, Any]
"""Where a walk stands, as JSON. Only the walk that made it looks inside."""


@dataclass(frozen=True)
class Ask:
    """What to ask for: an address, and parameters that are added to it."""

    url: str
    params: Mapping[str, str] = field(default_factory=dict)

    def with_params(self, more: Mapping[str, str]) -> Ask:
        """The same with more parameters."""
        return Ask(self.url, {**self.params, **more})


@dataclass(frozen=True)
class Page:
    """One answer.

    url: that was asked, without secrets. link: the header Link's next address. digests: tell
    records' contents apart, in their order. first_walks: the number of the walk in which each was
    first seen, None for what is new. now_s: when it was read, seconds since 1970.
    """

    records: Sequence[Any]
    body: Any
    url: str
    link: str
    digests: Sequence[bytes]
    first_walks: Sequence[int | None]
    now_s: float


@dataclass(frozen=True)
class Step:
    """Where to go on. end: nothing more is there now; wait_s: how long to wait then, at least.

    onward: it leads further all the same, as where an empty page is skipped.

    note: what the user should know, '' for nothing.
    """

    place: Place
    end: bool = False
    onward: bool = False
    wait_s: float = 0.0
    note: str = ""


class Walk(ABC):
    """A way through a list.

    May not do input or output, ask for the time, or remember anything but in the place: a step
    is taken again when its page could not be published.
    """

    @property
    @abstractmethod
    def start(self) -> Place:
        """The place before the first page."""

    @abstractmethod
    def ask(self, place: Place) -> Ask:
        """What to ask for at a place."""

    @abstractmethod
    def step(self, place: Place, page: Page) -> Step:
        """Where to go on after the page of a place.

        Raises Fault (slow) when the list leads nowhere; its records are published all the same.
        """

    def begins(self, place: Place) -> bool:
        """Whether the end that comes next has all that was there at this place's time.

        False in the middle of a walk whose earlier pages another one has to look at again.
        """
        del place
        return True

    def number(self, place: Place) -> int:
        """The number of the walk that a place belongs to."""
        del place
        return 0


@dataclass(frozen=True)
class Circle:
    """Notices that a row of tokens goes in a circle, however long; keeps only one (Brent).

    Part of the place: a page that is fetched again must not count as a second meeting.
    """

    kept: str = ""
    power: int = 1
    steps: int = 0

    def after(self, token: str) -> Circle | None:
        """The state after one more token; None when it was met before, which is seen within
        three times as many tokens as the way into the circle and around it has."""
        if token == self.kept:
            return None
        if not self.kept or self.steps == self.power:
            return Circle(token, 2 * self.power, 1)
        return Circle(self.kept, self.power, self.steps + 1)
