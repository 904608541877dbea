"""The sums of each sport."""

from __future__ import annotations

from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from betpnl.api.pnl import games
from betpnl.api.pnl.answers import SportPnl, SportsAnswer, plain, time_text

_SPORTS = "SELECT * FROM sport_pnl ORDER BY sport"
_COUNTS = ("games", "bets", "settled_bets", "open_bets")


def sports(connection: Connection) -> SportsAnswer:
    """All sports, in the order of their names. Raises pymysql.MySQLError."""
    as_of = games.now(connection)
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(_SPORTS)
        rows = cursor.fetchall()
    for row in rows:
        # MySQL adds whole numbers up to a decimal.
        row.update({name: int(row[name]) for name in _COUNTS})
    return SportsAnswer(as_of=time_text(as_of), sports=[SportPnl(**plain(row)) for row in rows])
