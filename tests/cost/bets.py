"""The bets that are counted: always the same, whoever sends them and whenever.

Ids are random letters, as a sportsbook's are: checkpoints are packed, and ids that count upwards
would hardly show in them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

SINGLES, TICKETS = 1_000, 400
GAMES, TICKET_LEGS = 20, 3
CORRECTED, CANCELLED, CASHED_OUT = 400, 150, 50
LONE = 3
MESSAGES = SINGLES + TICKETS + CORRECTED + CANCELLED + CASHED_OUT
"""What is sent of bets; a cost "a bet" is one of these."""
_SEED = 2026
_PRICES = {"home": 2.35, "draw": 3.3, "away": 3.1}
_REGIONS, _CHANNELS = ("EU", "UK", "NA"), ("web", "app", "shop")
_RATES = {"EUR": 1, "GBP": 1.1652, "USD": 0.8571}
Record = dict[str, Any]


@dataclass(frozen=True)
class Waves:
    """What is sent, in the order in which it must be seen.

    A wave is sent when the one before is in MySQL. Which of a wave's records come first is then of
    no matter to any count: no key stands twice in one. changed: singles and tickets are a wave
    each, as they reach the sums on two ways. What takes the one back and gives it anew could come
    between the two halves of the other, and find empty a minute of a game that only these two
    share.
    results: of the home side of every game, which wins, as a ticket that loses is decided sooner or
    later by which of its legs is first; three waves of them, so that every sum that a ticket
    touches has others in it by then. legs_settled: legs of tickets that ride when they come. Of the
    lone ones, on games without results, each is a wave: a single, or a ticket.
    """

    placed: list[Record]
    changed: list[list[Record]]
    results: list[list[Record]]
    legs_settled: int
    lone_singles: list[Record]
    lone_tickets: list[Record]


def waves(day: datetime, prefix: str = "cost") -> Waves:
    """The bets of a day, on games and selections of their own.

    day: its first moment, some hours ago.
    """
    drawn = random.Random(_SEED)
    games = [f"{prefix}-{number:02}-{_id(drawn)[:12]}" for number in range(GAMES)]
    singles = [_bet(drawn, day, [drawn.choice(games)]) for _ in range(SINGLES)]
    tickets = [_bet(drawn, day, drawn.sample(games, TICKET_LEGS)) for _ in range(TICKETS)]
    # The first ones of each kind stay as they are, so that what they are summed in is never empty.
    steady = 600, 200
    changing = [*singles[steady[0] :], *tickets[steady[1] :]]
    changed = [
        _changed(number, record)
        for number, record in enumerate(drawn.sample(changing, len(changing)))
    ]
    cancelled = sum(len(each["legs"]) for each in changed if _is_cancelled_ticket(each))
    results = [_result(game, day) for game in games]
    open_games = [f"{prefix}-open-{_id(drawn)[:12]}" for _ in range(TICKET_LEGS)]
    return Waves(
        placed=[*singles, *tickets],
        changed=[
            [each for each in changed if each["bet_type"] == kind]
            for kind in ("single", "accumulator")
        ],
        results=[results[:1], results[1:2], results[2:]],
        legs_settled=TICKETS * TICKET_LEGS - cancelled,
        lone_singles=[_bet(drawn, day, open_games[:1]) for _ in range(LONE)],
        lone_tickets=[_bet(drawn, day, open_games) for _ in range(LONE)],
    )


def arrived_s(day: datetime) -> int:
    """When the bets of a day have come, in seconds since 1970."""
    return int((day + timedelta(hours=12)).timestamp())


def yesterday() -> datetime:
    """A day whose bets no clock takes for bets of tomorrow."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)


def _bet(drawn: random.Random, day: datetime, games: list[str]) -> Record:
    currency = drawn.choice(list(_RATES))
    single = len(games) == 1
    placed = day + timedelta(milliseconds=drawn.randrange(3 * 3_600_000))
    return {
        "bet_id": _id(drawn),
        "version": 1,
        "status": "accepted",
        "accepted_at": placed.isoformat(timespec="milliseconds"),
        "customer_id": _id(drawn)[:16],
        "channel": drawn.choice(_CHANNELS),
        "region": drawn.choice(_REGIONS),
        "currency": currency,
        "fx_rate": _RATES[currency],
        "stake": drawn.randrange(100, 10_000) / 100,
        "bet_type": "single" if single else "accumulator",
        "legs": [
            _leg(game, number, drawn.choice(list(_PRICES)) if single else "home")
            for number, game in enumerate(games, start=1)
        ],
    }


def _leg(game: str, number: int, selection: str) -> Record:
    return {
        "leg": number,
        "game_id": game,
        "sport": "football",
        "competition": "League",
        "market": "match_result",
        "selection": selection,
        "odds": _PRICES[selection],
        "market_odds": _PRICES,
    }


def _changed(number: int, record: Record) -> Record:
    after = {**record, "version": 2}
    if number < CANCELLED:
        return {**after, "status": "cancelled"}
    if number < CANCELLED + CASHED_OUT:
        cash_out = {"fraction": 0.5, "amount": round(record["stake"] * 0.6, 2)}
        return {**after, "cash_out": cash_out}
    return {**after, "stake": round(record["stake"] + 1, 2)}


def _is_cancelled_ticket(record: Record) -> bool:
    return record["status"] == "cancelled" and len(record["legs"]) > 1


def _result(game: str, day: datetime) -> Record:
    return {
        "game_id": game,
        "market": "match_result",
        "selection": "home",
        "version": 1,
        "status": "settled",
        "result": "win",
        "settled_at": (day + timedelta(hours=6)).isoformat(timespec="milliseconds"),
    }


def _id(drawn: random.Random) -> str:
    return f"{drawn.getrandbits(128):032x}"
