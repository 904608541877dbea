"""The sums over all games of the grid, kept up to date game by game."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from betpnl.api.pnl.answers import GamePnl, decimal_text

SUMMED = (
    "handle",
    "open_handle",
    "expected_pnl",
    "realised_pnl",
    "open_expected_pnl",
    "total_pnl",
    "liability",
)


@dataclass
class Totals:
    """Amounts in the base currency. bets: a ticket counts once in each of its games.

    liability: of games with something open, added up.
    """

    games: int = 0
    open_games: int = 0
    bets: int = 0
    amounts: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(SUMMED, Decimal(0)))

    def change(self, before: GamePnl | None, after: GamePnl | None) -> None:
        """A game was this and is that; None where it was or is not there."""
        if before is not None:
            self._add(before, -1)
        if after is not None:
            self._add(after, 1)

    def texts(self) -> dict[str, str]:
        """The amounts as they go over the wire."""
        return {name: decimal_text(amount) for name, amount in self.amounts.items()}

    def _add(self, game: GamePnl, sign: int) -> None:
        self.games += sign
        self.bets += sign * game.bets
        if game.open_bets:
            self.open_games += sign
        for name in SUMMED:
            if name != "liability" or game.open_bets:
                self.amounts[name] += sign * Decimal(getattr(game, name))
