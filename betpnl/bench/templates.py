"""Bets by the million that differ in their ids and games alone, and cost next to nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any


def open_bet(bet_id: str, games: list[str]) -> dict[str, Any]:
    """A single on one game, or an accumulator over several, staked now."""
    return {
        "bet_id": bet_id,
        "version": 1,
        "status": "accepted",
        "accepted_at": now(),
        "customer_id": f"c-{bet_id[-3:]}",
        "channel": "web",
        "region": "EU",
        "currency": "EUR",
        "stake": 10,
        "bet_type": "single" if len(games) == 1 else "accumulator",
        "legs": [
            {
                "leg": number,
                "game_id": game,
                "sport": "football",
                "competition": "League",
                "market": "match_result",
                "selection": "home",
                "odds": 2.35,
                "market_odds": {"home": 2.35, "draw": 3.3, "away": 3.1},
            }
            for number, game in enumerate(games, start=1)
        ],
    }


def result(game: str, outcome: str) -> dict[str, Any]:
    """How the selection of those bets ended."""
    return {
        "game_id": game,
        "market": "match_result",
        "selection": "home",
        "version": 1,
        "result": outcome,
        "settled_at": now(),
    }


def now() -> str:
    """The time as the contract writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Template:
    """Open bets as JSON, their games in turn."""

    def __init__(self, games: list[str], legs: int = 1) -> None:
        """legs: of each bet, on neighbouring games; at most as many as there are games."""
        self._bodies = [
            json.dumps({**open_bet("ID", games[place : place + legs]), "accepted_at": "AT"})
            .replace("c-ID", "c-%(customer)s")
            .replace("ID", "%(id)s")
            .replace("AT", "%(at)s")
            for place in range(len(games) - legs + 1)
        ]

    def bet(self, number: int, bet_id: str, accepted_at: str) -> bytes:
        """The bet of this number. bet_id: three characters or more that JSON need not escape."""
        body = self._bodies[number % len(self._bodies)]
        return (body % {"id": bet_id, "customer": bet_id[-3:], "at": accepted_at}).encode()
