"""What there is to say of one pull while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Phase = Literal["reading", "at the end", "waiting", "done", "stopped", "failed"]


@dataclass
class State:
    """Where a pull is, and what it has done since it was started.

    text: what it waits for, '' for nothing. until_s: the end of a wait, seconds since 1970.
    read: records in all pages; published: of them to Kafka; unchanged: read before, and not
    published again; invalid: published, and the contract will reject them.
    """

    name: str
    topic: str
    phase: Phase = "reading"
    text: str = ""
    until_s: float = 0.0
    pages: int = 0
    read: int = 0
    published: int = 0
    unchanged: int = 0
    invalid: int = 0

    def counts(self) -> str:
        """The counts in words."""
        return (
            f"{self.read:,} read, {self.published:,} published, {self.unchanged:,} unchanged, "
            f"{self.invalid:,} invalid"
        )
