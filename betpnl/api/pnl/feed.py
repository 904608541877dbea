"""What changed since the last reading, game by game, whoever wants to know.

A reading asks for the games that were written lately and holds each against what it was. From
time to time all games are looked at: a row that went away, as when a game's only bet was moved to
another game, leaves no time behind.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pymysql.connections import Connection
from pymysql.err import MySQLError

from betpnl.api.pnl import games
from betpnl.api.pnl.answers import GamePnl
from betpnl.api.pnl.pages import OVERLAP

WHOLE_EVERY_S = 60
"""Between two looks at all games."""

RECENT = timedelta(days=1)
"""A game with nothing open is followed for so long after its last change."""


@dataclass(frozen=True)
class News:
    """What one reading found. gone: games that are there no more; past: games that are no longer
    followed, for nothing is open and nothing has changed for a day. whole: all were looked at."""

    as_of: datetime
    whole: bool
    changed: list[GamePnl] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    past: list[str] = field(default_factory=list)


class Feed:
    """Reads in one thread at a time. connect: as pool.open_reader, for a connection of its own."""

    def __init__(
        self, connect: Callable[[], Connection], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._connect = connect
        self._clock = clock
        self._connection: Connection | None = None
        self._since: datetime | None = None
        self._whole_at_s = 0.0
        self._lines: dict[str, games.Row] = {}
        self._games: dict[str, GamePnl] = {}
        self._risks: dict[str, games.Risk] = {}

    def read(self, whole: bool = False) -> News:
        """Read now. whole: look at all games, as the first reading does anyway.

        Raises UserError, OSError or pymysql.MySQLError; the next reading misses nothing then.
        """
        whole = whole or self._since is None or self._clock() > self._whole_at_s
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._connection.begin()
            news = self._whole(self._connection) if whole else self._lately(self._connection)
        except BaseException:
            self.close()
            raise
        self._end_snapshot(self._connection)
        if whole:
            self._whole_at_s = self._clock() + WHOLE_EVERY_S
        self._since = news.as_of - OVERLAP
        return news

    def close(self) -> None:
        """Let go of the connection; the next reading makes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection._force_close()

    def _end_snapshot(self, connection: Connection) -> None:
        # What was read stands in our memory by now: a failure here must not lose the news.
        try:
            connection.rollback()
        except (MySQLError, OSError):
            self.close()

    def _lately(self, connection: Connection) -> News:
        assert self._since is not None
        as_of = games.now(connection)
        ids = games.changed_ids(connection, self._since)
        lines = {line["game_id"]: line for line in games.lines_of(connection, list(ids))}
        # A game may have been written in a table that says nothing without a bet on it.
        gone = [game_id for game_id in ids if game_id not in lines and game_id in self._games]
        return self._news(connection, as_of, lines, ids, gone=gone)

    def _whole(self, connection: Connection) -> News:
        as_of = games.now(connection)
        recent = as_of - RECENT
        found = games.lines(connection, f"p.open_bets > 0 OR {games.UPDATED_AT} >= %s", [recent])
        lines = {line["game_id"]: line for line in found}
        missing = [game_id for game_id in self._games if game_id not in lines]
        there = {line["game_id"] for line in games.lines_of(connection, missing)}
        # What the risk is made of bears its own time; only games that are new or not as they
        # were need it read.
        lately = games.changed_ids(connection, self._since or as_of)
        news = {
            game_id: line
            for game_id, line in lines.items()
            if game_id in lately or self._lines.get(game_id) != line
        }
        return self._news(
            connection,
            as_of,
            news,
            # A selection that went away leaves no time behind.
            dict.fromkeys(news, True),
            gone=[game_id for game_id in missing if game_id not in there],
            past=[game_id for game_id in missing if game_id in there],
        )

    def _news(
        self,
        connection: Connection,
        as_of: datetime,
        lines: dict[str, games.Row],
        risky: dict[str, bool],
        *,
        gone: list[str],
        past: list[str] | None = None,
    ) -> News:
        changed = []
        asked = [key for key in lines if risky.get(key) or key not in self._risks]
        risks = games.risks(connection, asked)
        self._risks.update({key: risks.get(key, games.Risk()) for key in asked})
        for game_id, line in lines.items():
            game = games.game(line, self._risks[game_id])
            self._lines[game_id] = line
            if self._games.get(game_id) != game:
                self._games[game_id] = game
                changed.append(game)
        for game_id in (*gone, *(past or ())):
            self._lines.pop(game_id, None)
            self._games.pop(game_id, None)
            self._risks.pop(game_id, None)
        return News(as_of, past is not None, changed, gone, past or [])
