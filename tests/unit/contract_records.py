"""Good records of every topic, for tests to read, change and damage."""

from datetime import UTC, datetime
from typing import Any

from betpnl.contract.checks import Rules
from betpnl.contract.reading import reader
from betpnl.contract.topics import BETS, FX_RATES, GAMES, MARKET_CANCELS, ODDS, RESULTS, TOPICS

Json = dict[str, Any]

ARRIVED_MS = int(datetime(2024, 5, 1, 12, tzinfo=UTC).timestamp() * 1000)
DAY_MS = 86_400_000
RULES = Rules("EUR", bet_horizon_ms=400 * DAY_MS, accepted_ahead_ms=300_000)
READERS = {topic.name: reader(topic, RULES) for topic in TOPICS}

LEG: Json = {
    "leg": 1,
    "game_id": "g1",
    "sport": "football",
    "market": "match_result",
    "selection": "home",
    "odds": 2.35,
    "market_odds": {"home": 2.35, "draw": 3.4, "away": 3.1},
}
BET: Json = {
    "bet_id": "b1",
    "version": 1,
    "status": "accepted",
    "accepted_at": "2024-05-01T12:00:00Z",
    "currency": "USD",
    "fx_rate": 0.92,
    "stake": 10.5,
    "legs": [LEG],
}
ACCUMULATOR: Json = {
    **BET,
    "bet_type": "accumulator",
    "legs": [LEG, {**LEG, "leg": 2, "game_id": "g2", "line": "-2.5", "in_play": True}],
}
RESULT: Json = {
    "game_id": "g1",
    "market": "match_result",
    "selection": "home",
    "version": 1,
    "result": "win",
    "settled_at": "2024-05-01T14:00:00+02:00",
}
ODDS_RECORD: Json = {
    "game_id": "g1",
    "market": "total",
    "line": "2.5",
    "version": 7,
    "at": "2024-05-01T12:00:00.123Z",
    "prices": {"over": 1.9, "under": "1.95"},
}
GAME: Json = {"game_id": "g1", "version": 1, "sport": "football", "starts_at": None}
CANCEL: Json = {"game_id": "g1", "market": "total", "version": 1, "from": "2024-05-01T12:00:00Z"}
RATE: Json = {"currency": "USD", "version": 1, "rate": 0.92, "valid_from": "2024-05-01T00:00:00Z"}

GOOD: list[tuple[str, Json]] = [
    (BETS.name, BET),
    (BETS.name, ACCUMULATOR),
    (BETS.name, {**BET, "currency": "EUR", "fx_rate": None}),
    (BETS.name, {**BET, "stake": "10.50", "stake_type": "free"}),
    (
        BETS.name,
        {**BET, "status": "cashed_out", "cash_out": {"fraction": 0.5, "amount": 6}, "version": 2},
    ),
    (RESULTS.name, RESULT),
    (RESULTS.name, {**RESULT, "dead_heat": [1, 2]}),
    (RESULTS.name, {**RESULT, "status": "rolled_back", "result": None}),
    (ODDS.name, ODDS_RECORD),
    (ODDS.name, {**ODDS_RECORD, "prices": {}}),
    (GAMES.name, GAME),
    (MARKET_CANCELS.name, CANCEL),
    (FX_RATES.name, RATE),
]


def with_leg(**changes: Any) -> Json:
    """The good bet with its leg changed."""
    return {**BET, "legs": [{**LEG, **changes}]}


def without(record: Json, field: str) -> Json:
    """A record with one field less."""
    return {name: value for name, value in record.items() if name != field}
