"""Rows as the job would write them, put into MySQL by hand: enough games to page through."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pymysql.connections import Connection

from betpnl.risk import table as risk

SPORTS = ("football", "tennis", "basketball")
MARKETS = (
    ("match_result", "", ("home", "draw", "away")),
    ("total", "2.5", ("over", "under")),
)
RESULTS = ("win", "lose", "half_win", "half_lose", "void", "push")
AT = "2026-01-05 18:30:00.125"
ODD_ID = "a/b c?d=é&%2F'\"\\;--☃🎾"
_GAMES = 40


def put(connection: Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows over those with their key."""
    names = list(rows[0])
    places = ", ".join(["%s"] * len(names))
    news = ", ".join(f"`{name}` = VALUES(`{name}`)" for name in names)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(f'`{name}`' for name in names)}) VALUES ({places}) "
            f"ON DUPLICATE KEY UPDATE {news}",
            [tuple(row.values()) for row in rows],
        )
    if table in ("selection_book", "selection_price", "selection_result"):
        refresh_risk(connection, sorted({row["game_id"] for row in rows}))


def refresh_risk(connection: Connection, games: Sequence[str]) -> None:
    """Do at once what `betpnl upkeep` does a moment later."""
    known = risk.read(connection)
    news = risk.lines(connection, games)
    risk.write(connection, {game: line for game, line in news.items() if known.get(game) != line})


def placed(game_id: str, bets: int = 1, handle: str = "10") -> dict[str, Any]:
    """A row of game_placed with nothing settled."""
    money = Decimal(handle)
    return {
        "game_id": game_id,
        "bets": bets,
        "riding_bets": bets,
        "handle": money,
        "bonus_handle": 0,
        "handle_riding": money,
        "cash_out_handle": 0,
        "cash_out_paid": 0,
        "expected_payout": money / 2,
        "expected_pnl": money / 2,
        "predicted_pnl": -money,
        "theoretical_pnl": Decimal("0.0001"),
        "cash_out_pnl": 0,
    }


def book(game_id: str, market: str, line: str, selection: str, pays: Decimal) -> dict[str, Any]:
    """A row of selection_book."""
    return {
        "game_id": game_id,
        "market": market,
        "line": line,
        "selection": selection,
        "bets": 3,
        "handle_riding": Decimal("10.01"),
        "expected_payout": Decimal("9.1234"),
        "payout_win": pays,
        "payout_half_win": pays / 2,
        "payout_half_lose": Decimal("5.005"),
    }


def bet(bet_id: str, game_id: str, **changes: Any) -> dict[str, Any]:
    """A row of bet: a single on home."""
    leg = {
        "leg": 1,
        "game_id": game_id,
        "sport": "football",
        "market": "match_result",
        "selection": "home",
        "odds": 2.35,
    }
    return {
        "bet_id": bet_id,
        "version": 2,
        "status": "accepted",
        "accepted_at": AT,
        "customer_id": "customer-1",
        "channel": "app",
        "region": "GB",
        "currency": "KWD",
        "fx_rate": Decimal("2.9876543210"),
        "stake": Decimal("10.125"),
        "stake_type": "cash",
        "bet_type": "single",
        "leg_count": 1,
        "game_id": game_id,
        "market": "match_result",
        "line": "",
        "selection": "home",
        "odds": Decimal("2.35"),
        "p_win": Decimal("0.00000001"),
        "model_version": "m1",
        "predicted_win": 1,
        "margin": Decimal("0.05"),
        "handle": Decimal("30.25"),
        "bonus_handle": 0,
        "handle_riding": Decimal("30.25"),
        "cash_out_handle": 0,
        "cash_out_paid": 0,
        "payout_win": Decimal("71.09"),
        "payout_half_win": Decimal("50.67"),
        "payout_half_lose": Decimal("15.13"),
        "expected_payout": Decimal("0.0001"),
        "expected_pnl": Decimal("30.2499"),
        "predicted_pnl": Decimal("-40.84"),
        "theoretical_pnl": Decimal("1.5125"),
        "cash_out_pnl": 0,
        "legs": json.dumps([leg]),
        **changes,
    }


def version(bet_id: str, age: int, number: int) -> dict[str, Any]:
    """A row of bet_version."""
    names = (
        "status accepted_at currency fx_rate stake stake_type bet_type p_win model_version "
        "handle cash_out_handle cash_out_paid payout_win expected_pnl legs"
    )
    whole = bet(bet_id, "g")
    return {
        "bet_id": bet_id,
        "age": age,
        "version": number,
        **{name: whole[name] for name in names.split()},
    }


def fill(connection: Connection) -> None:
    """Games of every kind: with and without results, prices, records of their own, odd names."""
    draw = random.Random(4)

    def amount(most: int = 100_000) -> Decimal:
        return Decimal(draw.randrange(most)) / 100

    ids = [f"game-{number:03}" for number in range(_GAMES)] + [ODD_ID]
    rows = []
    for game_id in ids:
        row = placed(game_id, draw.randrange(1, 9), str(amount()))
        row |= {"cash_out_paid": amount(1000), "cash_out_pnl": amount(5000) - 25}
        rows.append(row)
    put(connection, "game_placed", rows)
    put(
        connection,
        "game",
        [
            {
                "game_id": game_id,
                "version": 1,
                "sport": SPORTS[number % 3],
                "competition": f"League {number % 4}",
                "home": "Home",
                "away": "Away",
                "starts_at": None if number % 5 == 0 else AT,
                "status": ("scheduled", "live", "ended", "cancelled")[number % 4],
                "minute": 10,
                "score_home": 1,
                "score_away": None,
            }
            for number, game_id in enumerate(ids)
            if number % 7
        ],
    )
    for table, step in (("game_settled", 2), ("game_ticket_settled", 3)):
        settled = [
            {
                "game_id": game_id,
                "bets": 1,
                "handle": amount(900),
                "payout": amount(900),
                "expected_payout": Decimal(draw.randrange(9_000_000)) / 10_000,
            }
            for game_id in ids[::step]
        ]
        put(connection, table, settled)
    keys = [
        (game_id, market, line, selection)
        for game_id in ids
        for market, line, selections in MARKETS
        for selection in selections
    ]
    put(connection, "selection_book", [book(*key, amount(20_000)) for key in keys[::2]])
    put(
        connection,
        "selection_price",
        [
            {
                **dict(zip(("game_id", "market", "line", "selection"), key, strict=True)),
                "version": 1,
                "odds": Decimal("2.35"),
                "probability": Decimal("0.41"),
                "priced_at": AT,
            }
            for key in keys[::3]
        ],
    )
    put(
        connection,
        "selection_result",
        [
            {
                **dict(zip(("game_id", "market", "line", "selection"), key, strict=True)),
                "version": 1,
                "status": "settled" if number % 4 else "rolled_back",
                "result": RESULTS[number % 6],
                "dead_heat_winners": 1,
                "dead_heat_tied": 1 + number % 3,
                "certainty": "",
                "settled_at": AT,
            }
            for number, key in enumerate(keys[::4])
        ],
    )
    put(connection, "bet", [bet(f"bet-{n}", ids[n]) for n in range(9)] + [bet(ODD_ID, ODD_ID)])
    put(connection, "bet", [bet("free", ids[1], status="cancelled", handle=0, bet_type="single")])
    put(
        connection,
        "bet_version",
        [version(ODD_ID, 2, 2), version(ODD_ID, 3, 1), version("bet-1", 2, 1)],
    )
    excerpt = json.dumps({"bet_id": "refused", "stake": -1})
    put(
        connection,
        "bet_reject",
        [
            {
                "topic": "bets",
                "log_partition": 1,
                "log_offset": 7,
                "arrived_at": AT,
                "reason": "stake: must be above 0",
                "excerpt": excerpt,
            }
        ],
    )
