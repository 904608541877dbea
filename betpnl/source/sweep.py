"""A look at everything: every row of the main tables, and every record whose row may be gone.

It follows a stream that begins, at first or after changes were lost, and runs beside the live
changes, a page at a time. Where it stands is kept with what it found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

TABLE, MEMORY = "table", "memory"


@dataclass(frozen=True)
class Sweep:
    """Where a sweep stands.

    sections: those left, the first one under way. phase: the rows of its main table, then the
    records that were published and not met among them. after: the key behind which to go on.
    """

    number: int
    reason: str
    sections: tuple[str, ...]
    phase: str = TABLE
    after: str = ""
    looked_at: int = 0

    @classmethod
    def begin(cls, number: int, reason: str, sections: Sequence[str]) -> Sweep:
        """A sweep that has looked at nothing yet."""
        return cls(number, reason, tuple(sections))

    @classmethod
    def read(cls, value: dict[str, Any] | None) -> Sweep | None:
        """What `written` gave."""
        return cls(**{**value, "sections": tuple(value["sections"])}) if value else None

    def written(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def beyond(self, after: str, count: int) -> Sweep:
        """A page further."""
        looked_at = self.looked_at + count
        return Sweep(self.number, self.reason, self.sections, self.phase, after, looked_at)

    def next(self) -> Sweep | None:
        """The next phase or section; None when there is none."""
        if self.phase == TABLE:
            return Sweep(self.number, self.reason, self.sections, MEMORY, looked_at=self.looked_at)
        if len(self.sections) == 1:
            return None
        return Sweep(self.number, self.reason, self.sections[1:], looked_at=self.looked_at)
