"""A game as a line of the grid, and what of it changed. Amounts are texts, exact."""

from __future__ import annotations

from typing import Any

from betpnl.api.pnl.answers import GamePnl

Row = dict[str, Any]

FIELDS = (
    "game_id",
    "sport",
    "competition",
    "home",
    "away",
    "starts_at",
    "status",
    "minute",
    "score_home",
    "score_away",
    "bets",
    "open_bets",
    "handle",
    "open_handle",
    "expected_pnl",
    "predicted_pnl",
    "theoretical_pnl",
    "realised_pnl",
    "open_expected_pnl",
    "total_pnl",
    "worst_case",
    "best_case",
    "liability",
    "updated_at",
)
RATE = "bets_per_s"


def row_of(game: GamePnl, bets_per_s: float) -> Row:
    """A game's line. Liability is None once nothing is open: it is lost then, not at risk."""
    row: Row = {name: getattr(game, name) for name in FIELDS}
    if not game.open_bets:
        row["liability"] = None
    row[RATE] = bets_per_s
    return row


def difference(before: Row, after: Row) -> Row:
    """What is new in a line, with its game_id; {} if nothing is."""
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    return {"game_id": after["game_id"], **changed} if changed else {}
