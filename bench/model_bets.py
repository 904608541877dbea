"""Bets for bench/model_cost.py: each of one kind, as messages of the topic `bets`."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Any

from betpnl.contract.reading import Reader
from betpnl.contract.records import Bet
from betpnl.games import Game

ACCEPTED_S = 1_767_225_600
_ACCEPTED = "2026-01-01T00:00:00Z"
_OVERROUND = 1.06
_SIDES = ("home", "draw", "away")
KEPT = 200
"""How many bets a kind that is repeated has."""
_SINGLES = 4000

Json = dict[str, Any]


def singles(games: Sequence[Game]) -> Iterator[bytes]:
    """Singles on real markets at the odds that they had, again and again in one order."""
    found: list[bytes] = []
    random_ = random.Random(0)
    for game in random_.sample(games, len(games)):
        for moment in game.checkpoints:
            for market, lines in moment.prices.items():
                for line, prices in lines.items():
                    selection = random_.choice(list(prices))
                    leg: Json = {
                        "game_id": game.game_id,
                        "sport": game.sport,
                        "market": market,
                        "line": line,
                        "selection": selection,
                        "odds": float(prices[selection]),
                        "market_odds": {name: float(odds) for name, odds in prices.items()},
                    }
                    if moment.in_play:
                        leg |= {"in_play": True, "minute": moment.minute}
                    found.append(_bet(leg))
        if len(found) >= _SINGLES:
            break
    return cycle(found)


def in_play(*, repeated: bool, games: int = 0) -> Iterator[bytes]:
    """Football in play with no price but that from before.

    repeated: a few, again and again. games: how many there are, each with its prices; 0 gives
    each bet prices of its own.
    """
    found = _in_play(games)
    return cycle([next(found) for _ in range(KEPT)]) if repeated else found


def builders(*, repeated: bool) -> Iterator[bytes]:
    """Bet builders of a result and a total, before the game. repeated: a few, again and again."""
    found = _builders()
    return cycle([next(found) for _ in range(KEPT)]) if repeated else found


def read(reader: Reader[Bet], messages: Sequence[bytes]) -> list[Bet]:
    """As the job reads them."""
    return [reader.read(message, ACCEPTED_S * 1000) for message in messages]


def _in_play(games: int) -> Iterator[bytes]:
    random_ = random.Random(1)
    known = [_result(random_) for _ in range(games)]
    while True:
        before = random_.choice(known) if known else _result(random_)
        selection = random_.choice(_SIDES)
        yield _bet(
            {
                "game_id": f"g{random_.randrange(KEPT)}",
                "sport": "football",
                "market": "match_result",
                "selection": selection,
                "odds": before[selection],
                "in_play": True,
                "minute": random_.randrange(1, 90),
                "score_home": random_.randrange(4),
                "score_away": random_.randrange(4),
                "pre_match_odds": before,
            }
        )


def _builders() -> Iterator[bytes]:
    random_ = random.Random(2)
    while True:
        result = _result(random_)
        over = random_.uniform(0.35, 0.65)
        total = {"over": _price(over), "under": _price(1.0 - over)}
        # No draw: it and three goals is a bet that no score can win.
        side, sum_ = random_.choice(("home", "away")), random_.choice(list(total))
        game = {"game_id": f"g{random_.randrange(KEPT)}", "sport": "football"}
        yield _bet(
            {
                **game,
                "market": "match_result",
                "selection": side,
                "odds": result[side],
                "market_odds": result,
            },
            {
                **game,
                "market": "total_goals",
                "line": "2.5",
                "selection": sum_,
                "odds": total[sum_],
                "market_odds": total,
            },
        )


def _result(random_: random.Random) -> dict[str, float]:
    draw = random_.uniform(0.2, 0.3)
    home = random_.uniform(0.15, 0.85) * (1.0 - draw)
    return dict(zip(_SIDES, map(_price, (home, draw, 1.0 - draw - home)), strict=True))


def _price(probability: float) -> float:
    # Four decimals, so that prices hardly ever come twice.
    return round(1.0 / (probability * _OVERROUND), 4)


def _bet(*legs: Json) -> bytes:
    numbered = [{"leg": number, **leg} for number, leg in enumerate(legs, start=1)]
    together: Json = {}
    if len(legs) > 1:
        together = {"bet_type": "bet_builder", "odds": round(legs[0]["odds"] * 1.6, 2)}
    return json.dumps(
        {
            "bet_id": f"b-{legs[0]['game_id']}",
            "version": 1,
            "status": "accepted",
            "accepted_at": _ACCEPTED,
            "customer_id": "c1",
            "channel": "web",
            "currency": "EUR",
            "stake": 10.5,
            "legs": numbered,
            **together,
        }
    ).encode()
