"""Games, read from MySQL. Each function asks within the transaction that it is called in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from betpnl.api.pnl.answers import GamePnl, plain

Row = dict[str, Any]

SOURCE = "game_pnl AS p LEFT JOIN game AS g ON g.game_id = p.game_id"
SPORT = "COALESCE(g.sport, 'unknown')"
UPDATED_AT = "GREATEST(p.updated_at, COALESCE(g.updated_at, p.updated_at))"
_LINE = f"""
    p.game_id, {SPORT} AS sport, g.competition, g.home, g.away, g.starts_at, g.status, g.minute,
    g.score_home, g.score_away, p.bets, p.settled_bets, p.open_bets, p.handle, p.bonus_handle,
    p.settled_handle, p.open_handle, p.payout, p.cash_out_handle, p.cash_out_paid,
    p.cash_out_pnl, p.expected_pnl, p.predicted_pnl, p.theoretical_pnl, p.realised_pnl,
    p.open_expected_pnl, p.total_pnl, {UPDATED_AT} AS updated_at
"""
# Every table that a game's figures are made of; 1 for those that its risk is made of. None has an
# index on the time: each bet would pay for it, and to look through 5,000 rows takes a millisecond.
CHANGED = " UNION ".join(
    f"SELECT game_id, {risk} FROM {table} WHERE updated_at >= %s"
    for table, risk in (
        ("game_placed", 0),
        ("game_settled", 0),
        ("game_ticket_settled", 0),
        ("game", 0),
        ("game_risk", 1),
    )
)
CHANGED_TABLES = CHANGED.count("%s")
_RISKS = "SELECT game_id, worst_case, best_case FROM game_risk WHERE game_id IN %(ids)s"
_IDS_AT_ONCE = 500


class Risk(NamedTuple):
    """What a game's open singles may bring, over all final scores."""

    worst: Decimal = Decimal(0)
    best: Decimal = Decimal(0)

    def liability(self, realised_pnl: Decimal) -> Decimal:
        """Money at risk on a game that has realised this."""
        return max(Decimal(0), -(realised_pnl + self.worst))


def now(connection: Connection) -> datetime:
    """MySQL's clock, UTC. Asked before the figures: no figure is older than this says."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOW(3)")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def changed_ids(connection: Connection, since: datetime) -> dict[str, bool]:
    """Games with a figure that was written at this time or later; True for those whose risk was."""
    changed: dict[str, bool] = {}
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, [since] * CHANGED_TABLES)
        for game_id, risk in cursor.fetchall():
            changed[game_id] = bool(risk) or changed.get(game_id, False)
    return changed


def lines(
    connection: Connection, condition: str, values: Sequence[Any], end: str = ""
) -> list[Row]:
    """The games that a condition on p (game_pnl) and g (game) holds for, without their risk.

    condition, end: text of ours; whatever a client gave is among the values.
    """
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(f"SELECT {_LINE} FROM {SOURCE} WHERE {condition} {end}", values)
        return list(cursor.fetchall())


def lines_of(connection: Connection, ids: Sequence[str]) -> list[Row]:
    """These games, those that there are, in no order."""
    return [row for some in _parts(ids) for row in lines(connection, "p.game_id IN %s", (some,))]


def risks(connection: Connection, ids: Sequence[str]) -> dict[str, Risk]:
    """What these games' open markets may bring; one without an open market is not there."""
    found = {}
    with connection.cursor() as cursor:
        for some in _parts(ids):
            cursor.execute(_RISKS, {"ids": some})
            found.update({row[0]: Risk(row[1], row[2]) for row in cursor.fetchall()})
    return found


def game(line: Row, risk: Risk | None) -> GamePnl:
    """A line and its risk as they are answered."""
    risk = risk or Risk()
    realised: Decimal = line["realised_pnl"]
    return GamePnl(
        **plain(
            {
                **line,
                "worst_case": realised + risk.worst,
                "best_case": realised + risk.best,
                "liability": risk.liability(realised),
            }
        )
    )


def games(connection: Connection, found: Sequence[Row]) -> list[GamePnl]:
    """Lines as they are answered, in their order."""
    known = risks(connection, [line["game_id"] for line in found])
    return [game(line, known.get(line["game_id"])) for line in found]


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _IDS_AT_ONCE):
        yield ids[start : start + _IDS_AT_ONCE]
