"""The table ``game_risk``: a line a game, of what its open singles can bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from pymysql.connections import Connection

from betpnl.risk import reading
from betpnl.risk.bounds import bounds
from betpnl.risk.positions import Market
from betpnl.score_markets import Score

Line = tuple[Decimal, Decimal, str, str]
"""Worst and best case in the base currency, and a score that brings each; '' without one."""

AT_ONCE = 200
"""Games that are read in one query."""

NOTHING: Line = (Decimal(0), Decimal(0), "", "")


def lines(connection: Connection, games: Sequence[str]) -> dict[str, Line]:
    """The lines of games as their selections, prices and results are now."""
    markets = reading.open_markets(connection, games)
    return {game: _line(markets.get(game, [])) for game in games}


def read(connection: Connection) -> dict[str, Line]:
    """The lines that stand there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT game_id, worst_case, best_case, worst_score, best_score FROM game_risk"
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}


def stale_game(connection: Connection) -> str | None:
    """Any game whose line is not what its selections say, None if there is none."""
    there = read(connection)
    games = sorted(set(reading.changed_games(connection, datetime(1970, 1, 2))) | set(there))
    for start in range(0, len(games), AT_ONCE):
        for game, line in lines(connection, games[start : start + AT_ONCE]).items():
            if there.get(game, NOTHING) != line:
                return game
    return None


def write(connection: Connection, news: Mapping[str, Line]) -> None:
    """Write lines over those of their games."""
    if not news:
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            "REPLACE INTO game_risk (game_id, worst_case, best_case, worst_score, best_score)"
            " VALUES (%s, %s, %s, %s, %s)",
            [(game, *line) for game, line in news.items()],
        )


def _line(markets: Sequence[Market]) -> Line:
    found = bounds(markets)
    return found.worst, found.best, _text(found.worst_score), _text(found.best_score)


def _text(score: Score | None) -> str:
    return "" if score is None else f"{score.home}-{score.away}"
