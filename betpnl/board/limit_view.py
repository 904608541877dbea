"""Limits and breaches as the page shows them: plain values, amounts and times as text."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pymysql.connections import Connection

from betpnl.api.pnl.answers import GamePnl, decimal_text, time_text
from betpnl.board.choice_query import game_address
from betpnl.limits.records import Breach, Limit, Rule
from betpnl.limits.watchdog import Watchdog

Games = Mapping[str, GamePnl]
MATCHES_MAX = 20
_DASH = "\N{EN DASH}"
_MARKETS_MAX = 500
_MARKETS = f"""
SELECT market, line FROM selection_book WHERE game_id = %(game_id)s
UNION
SELECT market, line FROM selection_price WHERE game_id = %(game_id)s
ORDER BY market, line
LIMIT {_MARKETS_MAX}
"""


def limits(watchdog: Watchdog, games: Games) -> list[dict[str, Any]]:
    """Every limit with its present figure and how much of its room is used."""
    broken = {breach.limit_id for breach in watchdog.open_breaches}
    return [_limit(each, watchdog, games, each.limit_id in broken) for each in watchdog.limits]


def open_breaches(watchdog: Watchdog, games: Games) -> list[dict[str, Any]]:
    """Those that are open, oldest first, with the present figure."""
    return [
        {**_breach(each, games), "value": _text(watchdog.value(each.limit_id))}
        for each in watchdog.open_breaches
    ]


def breaches(found: list[Breach], games: Games) -> list[dict[str, Any]]:
    """Breaches in their order."""
    return [_breach(each, games) for each in found]


def matches(text: str, games: Games) -> list[dict[str, str]]:
    """Games whose id or names hold a text, the best few."""
    wanted = text.casefold()
    found = [
        {"game_id": game_id, "name": _name(game_id, games)}
        for game_id, game in games.items()
        if wanted in f"{game_id} {game.home or ''} {game.away or ''}".casefold()
    ]
    return sorted(found, key=lambda each: (each["game_id"] != text, each["name"]))[:MATCHES_MAX]


def markets(connection: Connection, game_id: str) -> list[dict[str, str]]:
    """The markets of a game, in the order of their names. Raises pymysql.MySQLError."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKETS, {"game_id": game_id})
        return [{"market": row[0], "line": row[1]} for row in cursor.fetchall()]


def _limit(limit: Limit, watchdog: Watchdog, games: Games, broken: bool) -> dict[str, Any]:
    value = watchdog.value(limit.limit_id) if limit.enabled else None
    used = None if value is None else limit.used(value)
    return {
        **_said(limit, games),
        "limit_id": limit.limit_id,
        "version": limit.version,
        "enabled": limit.enabled,
        "created_by": limit.created_by,
        "created_at": time_text(limit.created_at),
        "value": _text(value),
        # A bar's length and a percentage: no money.
        "used": None if used is None else min(float(used), 9.99),
        "broken": broken,
    }


def _breach(breach: Breach, games: Games) -> dict[str, Any]:
    return {
        **_said(breach, games),
        "breach_id": breach.breach_id,
        "limit_id": breach.limit_id,
        "began_at": time_text(breach.began_at),
        "began_value": _text(breach.began_value),
        "worst_value": _text(breach.worst_value),
        "ended_at": breach.ended_at and time_text(breach.ended_at),
        "ended_because": breach.ended_because,
        "acknowledged_by": breach.acknowledged_by,
        "acknowledged_at": breach.acknowledged_at and time_text(breach.acknowledged_at),
        "told": _told(breach),
    }


def _said(rule: Rule, games: Games) -> dict[str, Any]:
    return {
        "scope": rule.scope,
        "sport": rule.sport,
        "game_id": rule.game_id,
        "market": rule.market,
        "line": rule.line,
        "measure": rule.measure,
        "bound": _text(rule.bound),
        "note": rule.note,
        "subject": _subject(rule, games),
        "address": game_address(rule.game_id) if rule.game_id else "",
    }


def _subject(rule: Rule, games: Games) -> str:
    match rule.scope:
        case "total":
            return "All games"
        case "sport":
            return rule.sport
        case "game":
            return _name(rule.game_id, games)
        case "market":
            return f"{_name(rule.game_id, games)}: {f'{rule.market} {rule.line}'.strip()}"


def _name(game_id: str, games: Games) -> str:
    game = games.get(game_id)
    return f"{game.home} {_DASH} {game.away}" if game and game.home and game.away else game_id


def _told(breach: Breach) -> str:
    if not breach.tell:
        return ""
    if breach.problem:
        times = f"{breach.tries} time{'' if breach.tries == 1 else 's'}"
        return f"not told yet: {breach.problem}, tried {times}"
    if breach.begin_notified_at is None or (breach.ended_at and breach.end_notified_at is None):
        return "being told"
    return "told"


def _text(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)
