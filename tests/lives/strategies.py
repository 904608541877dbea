"""Strategies for lives: a handful of bets on a few games, with all that befalls them.

Ids are short; ``Life.under`` gives them a prefix, so that one running job serves many lives.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from betpnl.contract.currencies import MINOR_UNITS

Record = dict[str, Any]
Message = tuple[str, Record]

GAMES = ("g1", "g2", "g3")
# Market, line, selections; the last is one where no score says who wins.
MARKETS = (
    ("match_result", "", ("home", "draw", "away")),
    ("total_goals", "2.5", ("over", "under")),
    ("asian_handicap", "-0.25", ("home", "away")),
    ("winner", "", ("Red Rum", "Arkle")),
)
OUTCOMES = ("win", "lose", "half_win", "half_lose", "void", "push")
PLACE = "place"
_MONEY = st.integers(1, 50_000)
_ODDS = st.integers(101, 900).map(lambda cents: cents / 100)
_VERSIONS_MAX = 4
# Of which each life has one of its own for bets that bring no rate.
RATE_CURRENCIES = tuple(
    sorted(set(MINOR_UNITS) - {"EUR", "GBP", "JPY", "KWD", "SEK", "NOK", "XXX"})
)


@dataclass(frozen=True)
class Life:
    """Messages in the order in which they happened; they may come in any other."""

    messages: Sequence[Message]

    def under(self, prefix: str, currency: str) -> list[Message]:
        """The same life of other bets, games and sports; currency: of bets without a rate."""
        text = json.dumps(self.messages)
        for name in ("g", "b", "s"):
            text = text.replace(f'"{name}:', f'"{prefix}-{name}:')
        return [(topic, record) for topic, record in json.loads(text.replace("CUR", currency))]


def moment(minutes: float) -> str:
    """A time in the past hour, the same for the whole run of the tests."""
    return (_START + timedelta(minutes=minutes)).isoformat(timespec="milliseconds")


_START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """A life."""
    messages: list[Message] = []
    picks: set[tuple[str, str, str, str]] = set()
    for number in range(1, draw(st.integers(2, 6)) + 1):
        for version in _bet(draw, f"b:{number}"):
            messages.append(("bets", version))
            picks.update(_picks(version))
    for pick in sorted(picks | {("g:g1", "match_result", "", "nobody")}):
        messages += (("results", result) for result in _results(draw, pick))
    for market in sorted({pick[:3] for pick in picks}):
        if draw(st.integers(0, 3)) == 0:
            messages += (("market_cancels", cancel) for cancel in _cancels(draw, market))
    messages += (("fx_rates", rate) for rate in _rates(draw))
    for game in draw(st.sets(st.sampled_from(GAMES))):
        messages.append(("games", {"game_id": f"g:{game}", "version": 1, "sport": "s:named"}))
    repeated = draw(st.lists(st.sampled_from(messages), max_size=4))
    return Life([*messages, *repeated])


def _picks(bet: Record) -> set[tuple[str, str, str, str]]:
    picks = {(leg["game_id"], leg["market"], leg["line"], leg["selection"]) for leg in bet["legs"]}
    if bet["bet_type"] == "each_way":
        picks |= {(game, PLACE, line, selection) for game, _, line, selection in picks}
    return picks


def _bet(draw: st.DrawFn, bet_id: str) -> list[Record]:
    """The versions of a bet."""
    base = _kind(draw)
    base |= {
        "bet_id": bet_id,
        "accepted_at": moment(draw(st.integers(0, 30))),
        "channel": draw(st.sampled_from(["web", "app"])),
        **_money(draw),
    }
    versions = []
    for version in range(1, draw(st.integers(1, _VERSIONS_MAX)) + 1):
        changes = _change(draw, base) if version > 1 else {"status": "accepted"}
        base = {**base, **changes, "version": version}
        versions.append(base)
    return versions


def _money(draw: st.DrawFn) -> Record:
    currency, rate, decimals = draw(
        st.sampled_from(
            [
                ("EUR", None, 2),
                ("GBP", 1.0837, 2),
                ("JPY", 0.0062, 0),
                ("KWD", 3.0107, 3),
                ("CUR", None, 0),
            ]
        )
    )
    return {
        "currency": currency,
        "fx_rate": rate,
        "stake": draw(_MONEY) / 10**decimals,
        "stake_type": draw(st.sampled_from(["cash", "cash", "free", "bonus"])),
    }


def _change(draw: st.DrawFn, before: Record) -> Record:
    match draw(st.sampled_from(["cancel", "reject", "stake", "odds", "part", "full", "back"])):
        case "cancel":
            return {"status": "cancelled"}
        case "reject":
            return {"status": "rejected"}
        case "stake":
            return {"stake": round(before["stake"] * draw(st.integers(1, 3)), 3)}
        case "odds":
            legs = [{**leg, "odds": draw(_ODDS)} for leg in before["legs"]]
            return {"legs": legs, "status": "accepted"}
        case "part":
            fraction = draw(st.sampled_from([0.25, 0.5, 0.33333333]))
            return {"cash_out": {"fraction": fraction, "amount": draw(st.integers(0, 90))}}
        case "full":
            return {"status": "cashed_out", "cash_out": {"fraction": 1, "amount": draw(_AMOUNT)}}
        case _:
            return {"status": "accepted", "cash_out": None}


_AMOUNT = st.integers(0, 900)


def _leg(draw: st.DrawFn, number: int, game: str) -> Record:
    market, line, selections = draw(st.sampled_from(MARKETS))
    selection = draw(st.sampled_from(selections))
    odds = draw(_ODDS)
    return {
        "leg": number,
        "game_id": f"g:{game}",
        "sport": draw(st.sampled_from(["s:one", "s:two"])),
        "market": market,
        "line": line,
        "selection": selection,
        "odds": odds,
        "market_odds": draw(st.none() | st.just(dict.fromkeys(selections, 2.5))),
    }


def _kind(draw: st.DrawFn) -> Record:
    kind = draw(
        st.sampled_from(["single", "single", "accumulator", "system", "each_way", "bet_builder"])
    )
    if kind == "single":
        return {"bet_type": kind, "legs": [_leg(draw, 1, draw(st.sampled_from(GAMES)))]}
    if kind == "bet_builder":
        game = draw(st.sampled_from(GAMES))
        legs = [
            {**_leg(draw, 1, game), "market": "match_result", "line": "", "selection": "home"},
            {**_leg(draw, 2, game), "market": "winner", "line": "", "selection": "Arkle"},
        ]
        return {"bet_type": kind, "legs": legs, "odds": draw(_ODDS)}
    games = draw(st.permutations(GAMES))[: draw(st.integers(2, 3))]
    legs = [_leg(draw, number, game) for number, game in enumerate(games, start=1)]
    if kind == "each_way":
        return {
            "bet_type": kind,
            "legs": legs[: draw(st.integers(1, 2))],
            "each_way": {"fraction": draw(st.sampled_from([0.2, 0.25])), "market": PLACE},
        }
    if kind == "system":
        bankers = draw(st.sampled_from([[], [1]]))
        sizes = draw(st.sets(st.integers(1, len(legs) - len(bankers)), min_size=1))
        return {
            "bet_type": kind,
            "legs": legs,
            "system": {"sizes": sorted(sizes), "bankers": bankers},
        }
    return {"bet_type": kind, "legs": legs}


def _results(draw: st.DrawFn, pick: tuple[str, str, str, str]) -> list[Record]:
    """Settled, settled otherwise, rolled back, or never."""
    game, market, line, selection = pick
    results = []
    for version in range(1, draw(st.integers(0, 3)) + 1):
        outcome = draw(st.sampled_from([*OUTCOMES, "win", "lose", None]))
        heat = draw(st.sampled_from([None, None, [1, 2], [2, 3]])) if outcome == "win" else None
        results.append(
            {
                "game_id": game,
                "market": market,
                "line": line,
                "selection": selection,
                "version": version,
                "status": "rolled_back" if outcome is None else "settled",
                "result": outcome,
                "dead_heat": heat,
                "settled_at": moment(30 + draw(st.integers(0, 20))),
            }
        )
    return results


def _cancels(draw: st.DrawFn, market: tuple[str, str, str]) -> list[Record]:
    game, name, line = market
    minutes = st.none() | st.integers(0, 30)
    cancels = []
    for version in range(1, draw(st.integers(1, 2)) + 1):
        begins, ends = draw(minutes), draw(minutes)
        if begins is not None and ends is not None and begins > ends:
            begins, ends = ends, begins
        cancels.append(
            {
                "game_id": game,
                "market": name,
                "line": line,
                "version": version,
                "from": None if begins is None else moment(begins),
                "to": None if ends is None else moment(ends),
                "status": draw(st.sampled_from(["cancelled", "cancelled", "rolled_back"])),
            }
        )
    return cancels


def _rates(draw: st.DrawFn) -> list[Record]:
    rates = []
    for minute in sorted(draw(st.sets(st.sampled_from([-10, 0, 10, 20]), max_size=3))):
        for version in range(1, draw(st.integers(1, 2)) + 1):
            rate = {"version": version, "rate": draw(st.integers(1, 400)) / 100}
            rates.append({"currency": "CUR", "valid_from": moment(minute), **rate})
    return rates
