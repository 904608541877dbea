"""A limit, and a breach of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

Scope = Literal["total", "sport", "game", "market"]
Measure = Literal["liability", "worst_case", "realised_pnl", "total_pnl"]
Ending = Literal["within", "gone", "changed", "disabled", "deleted"]

SCOPES: tuple[Scope, ...] = ("total", "sport", "game", "market")
MEASURES: tuple[Measure, ...] = ("liability", "worst_case", "realised_pnl", "total_pnl")
AT_MOST: frozenset[Measure] = frozenset({"liability"})
"""Measures that a limit bounds from above; all others must not fall below theirs."""

WORDS: dict[Measure, str] = {
    "liability": "Liability",
    "worst_case": "Worst case",
    "realised_pnl": "Realised PNL",
    "total_pnl": "Total PNL",
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a limit says. bound: base currency, 4 decimals. line: '' where a market has none.

    sport, game_id and market are '' where the scope has no use for them.
    """

    scope: Scope
    measure: Measure
    bound: Decimal
    sport: str = ""
    game_id: str = ""
    market: str = ""
    line: str = ""
    note: str = ""

    @property
    def subject(self) -> str:
        """What it is about, in words."""
        match self.scope:
            case "total":
                return "all games"
            case "sport":
                return f"sport {self.sport}"
            case "game":
                return f"game {self.game_id}"
            case "market":
                return f"market {f'{self.market} {self.line}'.strip()} of game {self.game_id}"

    @property
    def sentence(self) -> str:
        """The whole of it, such as `Liability of game g1: at most 500.0000`."""
        side = "at most" if self.measure in AT_MOST else "at least"
        return f"{WORDS[self.measure]} of {self.subject}: {side} {self.bound:f}"

    def is_broken_by(self, value: Decimal) -> bool:
        """Whether a figure lies beyond the bound; the bound itself is within."""
        return value > self.bound if self.measure in AT_MOST else value < self.bound

    def worse(self, one: Decimal, other: Decimal) -> Decimal:
        """That of two figures which lies further beyond."""
        return max(one, other) if self.measure in AT_MOST else min(one, other)

    def used(self, value: Decimal) -> Decimal | None:
        """How much of the room is used, 0 to 1 and above 1 beyond; None where there is no room
        to speak of, as between a bound of 0 and nothing."""
        at_most = self.measure in AT_MOST
        room, taken = (self.bound, value) if at_most else (-self.bound, -value)
        return None if room <= 0 else max(Decimal(0), taken / room)


@dataclass(frozen=True, kw_only=True)
class Limit(Rule):
    """A limit that is set. version: grows with each change. created_at: UTC, as all times."""

    limit_id: int
    version: int
    enabled: bool
    created_by: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Breach(Rule):
    """A limit that was passed, with what it said. Times are UTC.

    breach_id: None until it is recorded. ended_at: None while it is open. ended_value: None when
    there was no figure any more. tries, problem: of the webhook's event that is due.
    """

    breach_id: int | None = None
    limit_id: int
    limit_version: int
    began_at: datetime
    began_value: Decimal
    worst_value: Decimal
    ended_at: datetime | None = None
    ended_value: Decimal | None = None
    ended_because: Ending | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    begin_notified_at: datetime | None = None
    end_notified_at: datetime | None = None
    tell: bool = False
    tries: int = 0
    problem: str = ""
