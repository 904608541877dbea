"""Records that are valid, for whoever reads the API's description."""

from __future__ import annotations

from typing import Any

from betpnl.contract.topics import BETS, GAMES, ODDS, RESULTS

_BET: dict[str, Any] = {
    "bet_id": "b-1",
    "version": 1,
    "status": "accepted",
    "accepted_at": "2026-11-01T12:00:00.123Z",
    "customer_id": "c-9",
    "channel": "web",
    "region": "EU",
    "currency": "GBP",
    "fx_rate": "1.17",
    "stake": "10.25",
    "legs": [
        {
            "leg": 1,
            "game_id": "epl-1",
            "sport": "football",
            "competition": "EPL",
            "market": "match_result",
            "selection": "home",
            "odds": "2.35",
            "market_odds": {"home": 2.35, "draw": 3.3, "away": 3.1},
        }
    ],
}
_RESULT: dict[str, Any] = {
    "game_id": "epl-1",
    "market": "match_result",
    "selection": "home",
    "version": 1,
    "result": "win",
    "settled_at": "2026-11-01T14:01:07Z",
}
_ODDS: dict[str, Any] = {
    "game_id": "epl-1",
    "market": "match_result",
    "version": 17,
    "at": "2026-11-01T12:00:00Z",
    "prices": {"home": "2.35", "draw": "3.3", "away": "3.1"},
}
_GAME: dict[str, Any] = {
    "game_id": "epl-1",
    "version": 3,
    "sport": "football",
    "competition": "EPL",
    "home": "Arsenal",
    "away": "Leeds",
    "starts_at": "2026-11-01T12:00:00Z",
    "status": "live",
    "minute": 12,
    "score_home": 1,
    "score_away": 0,
}

EXAMPLES: dict[str, list[dict[str, Any]]] = {
    BETS.name: [_BET, {**_BET, "bet_id": "b-2", "stake": "3.00"}],
    RESULTS.name: [_RESULT, {**_RESULT, "selection": "draw", "result": "lose"}],
    ODDS.name: [_ODDS, {**_ODDS, "version": 18, "at": "2026-11-01T12:00:03Z"}],
    GAMES.name: [_GAME, {**_GAME, "version": 4, "minute": 13}],
}
"""Two records of each topic, by its name."""
