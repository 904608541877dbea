"""The duty that keeps the table ``game_risk``."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from pymysql.connections import Connection

from betpnl.risk import reading, table

# A row that was written may be seen only once its writer's transaction is through.
_OVERLAP = timedelta(seconds=5)
# A selection that went away leaves no time behind.
_WHOLE_EVERY_S = 600.0


class RiskDuty:
    """Works out anew what games can bring whose selections, prices or results have changed."""

    name = "risk"

    def __init__(
        self,
        connect: Callable[[], Connection],
        interval_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """interval_s: between two looks; as long again as a look took, if that is longer."""
        self._connect, self._interval_s, self._clock = connect, interval_s, clock
        self._connection: Connection | None = None
        self._since: datetime | None = None
        self._whole_at_s = 0.0
        self._written: dict[str, table.Line] = {}

    def step(self) -> float:
        """Look once."""
        began_s = self._clock()
        if self._connection is None:
            self._connection = self._connect()
        connection = self._connection
        moment = reading.now(connection)
        whole = self._since is None or began_s > self._whole_at_s
        since = datetime(1970, 1, 2) if whole or self._since is None else self._since
        games = reading.changed_games(connection, since)
        if whole:
            self._written = table.read(connection)
            games += [game for game in self._written if game not in set(games)]
            self._whole_at_s = began_s + _WHOLE_EVERY_S
        for start in range(0, len(games), table.AT_ONCE):
            self._refresh(connection, games[start : start + table.AT_ONCE])
        self._since = moment - _OVERLAP
        return max(self._interval_s, self._clock() - began_s)

    def close(self) -> None:
        """Let go of MySQL, and look at everything the next time."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._since = None

    def _refresh(self, connection: Connection, games: Sequence[str]) -> None:
        lines = table.lines(connection, games)
        news = {
            game: line
            for game, line in lines.items()
            if self._written.get(game, table.NOTHING) != line
        }
        table.write(connection, news)
        self._written.update(news)
