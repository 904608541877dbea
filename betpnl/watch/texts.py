"""Figures as people read them. A sign says what a colour says, for those who see no colours."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rich.text import Text

from betpnl.watch.reading import GameLine

NOTHING = "–"  # noqa: RUF001 - a dash, not a minus: there is no figure
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400


@dataclass(frozen=True)
class Money:
    """Amounts in the base currency. minor: decimals of its smallest unit."""

    currency: str
    minor: int

    def plain(self, amount: Decimal) -> str:
        """1,234.50; rounded half up."""
        return f"{self._rounded(amount):,.{self.minor}f}"

    def signed(self, amount: Decimal) -> Text:
        """+1,234.50 in green, -1,234.50 in red, 0.00 in neither."""
        rounded = self._rounded(amount)
        if rounded == 0:
            return Text(f"{abs(rounded):,.{self.minor}f}")
        return Text(f"{rounded:+,.{self.minor}f}", style="green" if rounded > 0 else "red")

    def _rounded(self, amount: Decimal) -> Decimal:
        return amount.quantize(Decimal(1).scaleb(-self.minor), rounding=ROUND_HALF_UP)


def age(seconds: float) -> str:
    """0.3 s, 42 s, 7 min, 3 h, 12 d."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < _MINUTE_S:
        return f"{seconds:.0f} s"
    if seconds < _HOUR_S:
        return f"{seconds // _MINUTE_S:.0f} min"
    if seconds < _DAY_S:
        return f"{seconds // _HOUR_S:.0f} h"
    return f"{seconds // _DAY_S:.0f} d"


def rate(bets_per_s: float | None) -> str:
    """12 or 0.4; a dash when it is not known."""
    if bets_per_s is None:
        return NOTHING
    return f"{bets_per_s:,.0f}" if bets_per_s >= 10 or bets_per_s == 0 else f"{bets_per_s:.1f}"


def teams(line: GameLine) -> str:
    """Who plays, with the score between them where there is one."""
    if line.home is None or line.away is None:
        return line.game_id
    score = "v" if line.score is None else f"{line.score[0]}-{line.score[1]}"
    return f"{line.home} {score} {line.away}"


def state(line: GameLine) -> str:
    """67' in play, 19:30 when it starts (UTC), ended, cancelled; a dash when not known."""
    if line.state == "live":
        return "live" if line.minute is None else f"{line.minute}'"
    if line.state == "scheduled" and line.starts_at is not None:
        return f"{line.starts_at:%H:%M}"
    return line.state or NOTHING


def sport(line: GameLine) -> str:
    """aussie_rules becomes aussie rules."""
    return line.sport.replace("_", " ")


def nth(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in (11, 12, 13) else ending}"
