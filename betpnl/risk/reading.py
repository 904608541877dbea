"""The open singles of games, from MySQL."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pymysql.connections import Connection

from betpnl.pnl import SelectionSums
from betpnl.risk.positions import Market, Position, markets

_SELECTIONS = """
SELECT x.game_id, x.market, x.line, x.selection,
       COALESCE(b.handle_riding, 0), COALESCE(b.payout_win, 0),
       COALESCE(b.payout_half_win, 0), COALESCE(b.payout_half_lose, 0),
       p.selection IS NOT NULL, r.result IS NOT NULL
FROM (
    SELECT game_id, market, line, selection FROM selection_book WHERE game_id IN %(ids)s
    UNION
    SELECT game_id, market, line, selection FROM selection_price WHERE game_id IN %(ids)s
    UNION
    SELECT game_id, market, line, selection FROM selection_ticket WHERE game_id IN %(ids)s
) AS x
LEFT JOIN selection_book AS b
    ON b.game_id = x.game_id AND b.market = x.market AND b.line = x.line
   AND b.selection = x.selection
LEFT JOIN selection_price AS p
    ON p.game_id = x.game_id AND p.market = x.market AND p.line = x.line
   AND p.selection = x.selection
LEFT JOIN selection_result AS r
    ON r.game_id = x.game_id AND r.market = x.market AND r.line = x.line
   AND r.selection = x.selection AND r.status = 'settled'
"""
_TABLES = ("selection_book", "selection_price", "selection_ticket", "selection_result")
_CHANGED = " UNION ".join(f"SELECT game_id FROM {name} WHERE updated_at >= %s" for name in _TABLES)


def now(connection: Connection) -> datetime:
    """MySQL's clock, UTC."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOW(3)")
        moment: datetime = cursor.fetchone()[0]
    return moment


def changed_games(connection: Connection, since: datetime) -> list[str]:
    """Games with a selection, a price or a result that was written then or later."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, [since] * len(_TABLES))
        return [row[0] for row in cursor.fetchall()]


def open_markets(connection: Connection, games: Sequence[str]) -> dict[str, list[Market]]:
    """The markets of games that have anything open; games without any are left out."""
    positions: defaultdict[str, list[Position]] = defaultdict(list)
    settled: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    with connection.cursor() as cursor:
        cursor.execute(_SELECTIONS, {"ids": games})
        rows: Iterable[Any] = cursor.fetchall()
    for game, market, line, selection, *amounts, priced, ended in rows:
        if ended:
            settled[game][market, line] += 1
        else:
            position = Position(market, line, selection, SelectionSums(*amounts), bool(priced))
            positions[game].append(position)
    return {game: markets(found, settled[game]) for game, found in positions.items()}
