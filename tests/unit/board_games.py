"""Games for the tests of the board."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from betpnl.api.pnl.answers import GamePnl, decimal_text, time_text
from betpnl.api.pnl.feed import News

AS_OF = datetime(2026, 1, 5, 18, 30)
MONEY = (
    "handle",
    "bonus_handle",
    "settled_handle",
    "open_handle",
    "payout",
    "cash_out_handle",
    "cash_out_paid",
    "cash_out_pnl",
    "expected_pnl",
    "predicted_pnl",
    "theoretical_pnl",
    "realised_pnl",
    "open_expected_pnl",
    "total_pnl",
    "worst_case",
    "best_case",
    "liability",
)


def game(game_id: str = "game", **changes: Any) -> GamePnl:
    """A game in play with one open bet; amounts may be given as numbers."""
    values: dict[str, Any] = {
        "game_id": game_id,
        "sport": "football",
        "competition": "League",
        "home": "Arsenal",
        "away": "Chelsea",
        "starts_at": "2026-01-05T18:00:00.000Z",
        "status": "live",
        "minute": 30,
        "score_home": 1,
        "score_away": 0,
        "bets": 1,
        "settled_bets": 0,
        "open_bets": 1,
        "updated_at": time_text(AS_OF),
        **dict.fromkeys(MONEY, "0.0000"),
        **changes,
    }
    for name in MONEY:
        if not isinstance(values[name], str):
            values[name] = decimal_text(Decimal(str(values[name])))
    return GamePnl(**values)


def news(*changed: GamePnl, gone: list[str] | None = None, past: list[str] | None = None) -> News:
    """What a reading found."""
    return News(AS_OF, False, list(changed), gone or [], past or [])
