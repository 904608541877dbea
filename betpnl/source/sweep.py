"""A look at everything: every row of the main tables, and every record whose row may be gone.

It follows a stream that begins, at first or after changes were lost, and runs beside the live
changes, a page at a time. Where it stands is kept with what it found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

TABLE, MEMORY = "table", "memory"
# So many records may be gone at once without anybody being asked.
_GONE_MAX = 1000


def is_doubtful(gone: int, known: int) -> bool:
    """Whether so many records without a row are rather a wrong source file than deletions."""
    return gone > _GONE_MAX and 2 * gone >= known


@dataclass(frozen=True)
class Sweep:
    """Where a sweep stands.

    steps: those left, the first one under way, each a phase and a section: the rows of a main
    table, or the records that were published and not met there. What there is comes before what
    is gone. after: the key behind which to go on.
    """

    number: int
    reason: str
    steps: tuple[tuple[str, str], ...]
    after: str = ""
    looked_at: int = 0

    @classmethod
    def begin(cls, number: int, reason: str, sections: Sequence[str]) -> Sweep:
        """A sweep that has looked at nothing yet."""
        steps = [(phase, section) for phase in (TABLE, MEMORY) for section in sections]
        return cls(number, reason, tuple(steps))

    @classmethod
    def read(cls, value: dict[str, Any] | None) -> Sweep | None:
        """What `written` gave."""
        if not value:
            return None
        return cls(**{**value, "steps": tuple((phase, name) for phase, name in value["steps"])})

    def written(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @property
    def phase(self) -> str:
        """TABLE or MEMORY."""
        return self.steps[0][0]

    @property
    def section(self) -> str:
        """The section under way."""
        return self.steps[0][1]

    def beyond(self, after: str, count: int) -> Sweep:
        """A page further."""
        return replace(self, after=after, looked_at=self.looked_at + count)

    def later(self) -> Sweep:
        """The other sections first."""
        steps = sorted(self.steps, key=lambda step: step[1] == self.section)
        return replace(self, steps=tuple(steps), after="")

    def next(self) -> Sweep | None:
        """The next step; None when there is none."""
        return replace(self, steps=self.steps[1:], after="") if len(self.steps) > 1 else None
