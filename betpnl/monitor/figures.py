"""The sums of each sport and how new they are, for the metrics: a few questions every 10 s."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pymysql.connections import Connection
from pymysql.constants import ER
from pymysql.cursors import DictCursor
from pymysql.err import ProgrammingError

from betpnl.api.pnl import pool
from betpnl.api.pnl.answers import GamePnl
from betpnl.api.pnl.feed import Feed
from betpnl.settings import Settings

EVERY_S = 10.0

_NEWEST = """
SELECT TIMESTAMPDIFF(MICROSECOND, MAX(newest), NOW(3)) / 1000000
FROM (
    SELECT MAX(updated_at) AS newest FROM game_placed
    UNION ALL SELECT MAX(updated_at) FROM game_settled
    UNION ALL SELECT MAX(updated_at) FROM game_ticket_settled
) AS each_table
"""
_BREACHED = """
SELECT measure, COUNT(*) FROM limit_breach WHERE ended_at IS NULL GROUP BY measure
"""


@dataclass(frozen=True)
class Figures:
    """What MySQL said. read_s: when, on the monotonic clock. age_s: of the newest figure then,
    None without one. breached: open breaches by measure; None where there are no limits.
    problem: why there is nothing, '' if there is.
    """

    read_s: float = 0.0
    age_s: float | None = None
    sports: tuple[Mapping[str, Any], ...] = ()
    liability: Mapping[str, Decimal] = field(default_factory=dict)
    breached: Mapping[str, int] | None = None
    problem: str = ""

    def age_now_s(self, now_s: float) -> float | None:
        """The newest figure's age at a moment of the monotonic clock, at most."""
        return None if self.age_s is None else self.age_s + now_s - self.read_s


class FiguresReader:
    """games: all games as they are, where somebody follows them anyway; else it does itself."""

    def __init__(
        self, settings: Settings, games: Callable[[], Mapping[str, GamePnl]] | None = None
    ) -> None:
        self._settings = settings
        self._games = games or _Followed(settings).games
        self._connection: Connection | None = None

    def read(self) -> Figures:
        """Ask now. Raises UserError, OSError or pymysql.MySQLError."""
        liability = liabilities(list(self._games().values()))
        try:
            if self._connection is None:
                self._connection = pool.open_reader(self._settings)
            connection = self._connection
            connection.begin()
            with connection.cursor(DictCursor) as cursor:
                cursor.execute("SELECT * FROM sport_pnl ORDER BY sport")
                sports = tuple(cursor.fetchall())
            with connection.cursor() as cursor:
                cursor.execute(_NEWEST)
                (age_s,) = cursor.fetchone()
            found = Figures(
                read_s=time.monotonic(),
                age_s=None if age_s is None else max(0.0, float(age_s)),
                sports=sports,
                liability=liability,
                breached=_breached(connection),
            )
            connection.rollback()
        except BaseException:
            gone, self._connection = self._connection, None
            if gone is not None:
                gone._force_close()
            raise
        return found


class _Followed:
    def __init__(self, settings: Settings) -> None:
        self._feed = Feed(lambda: pool.open_reader(settings))
        self._known: dict[str, GamePnl] = {}

    def games(self) -> Mapping[str, GamePnl]:
        news = self._feed.read()
        self._known.update((game.game_id, game) for game in news.changed)
        for game_id in (*news.gone, *news.past):
            self._known.pop(game_id, None)
        return self._known


def liabilities(games: Iterable[GamePnl]) -> dict[str, Decimal]:
    """Money at risk by sport; what a game without open bets has lost is at risk no more."""
    found: dict[str, Decimal] = {}
    for game in games:
        at_risk = Decimal(game.liability) if game.open_bets else Decimal(0)
        found[game.sport] = found.get(game.sport, Decimal(0)) + at_risk
    return found


def _breached(connection: Connection) -> dict[str, int] | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_BREACHED)
            return dict(cursor.fetchall())
    except ProgrammingError as error:
        if error.args[0] == ER.NO_SUCH_TABLE:
            return None
        raise
