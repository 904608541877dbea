"""One reading of the board: the games with most at risk, and the totals over all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pymysql.connections import Connection
from pymysql.cursors import DictCursor

# The totals come with the rows, so that the view is worked out once and the two always agree.
# What is lost on a game that is over is no longer at risk: it stands in realised.
_BOARD = """
SELECT
    board.*,
    NOW(3)                                               AS read_at,
    TIMESTAMPDIFF(MICROSECOND, updated_at, NOW(3))       AS age_us,
    COUNT(*) OVER ()                                     AS all_games,
    SUM(open_bets > 0) OVER ()                           AS all_open_games,
    SUM(bets) OVER ()                                    AS all_bets,
    SUM(handle) OVER ()                                  AS all_handle,
    SUM(expected_pnl) OVER ()                            AS all_expected_pnl,
    SUM(realised_pnl) OVER ()                            AS all_realised_pnl,
    SUM(total_pnl) OVER ()                               AS all_total_pnl,
    SUM(at_risk) OVER ()                                 AS all_at_risk,
    MAX(updated_at) OVER ()                              AS newest_at
FROM (
    SELECT
        game_id, sport, home, away, starts_at, status, minute, score_home, score_away,
        bets, open_bets, handle, expected_pnl, realised_pnl, total_pnl, worst_case,
        CASE WHEN open_bets > 0 THEN liability ELSE 0 END AS at_risk,
        updated_at
    FROM game_board
    WHERE %(sport)s IN ('', sport)
) AS board
ORDER BY open_bets > 0 DESC, at_risk DESC, updated_at DESC, game_id
LIMIT %(top)s
"""


@dataclass(frozen=True)
class GameLine:
    """A game as the board has it. Amounts in the base currency; PNL is the operator's.

    state: scheduled, live, ended, cancelled, or None while only bets are known. liability:
    what can still be lost, 0 once nothing is open. age_s: since its newest figure.
    """

    game_id: str
    sport: str
    home: str | None
    away: str | None
    starts_at: datetime | None
    state: str | None
    minute: int | None
    score: tuple[int, int] | None
    bets: int
    open_bets: int
    handle: Decimal
    expected_pnl: Decimal
    realised_pnl: Decimal
    total_pnl: Decimal
    worst_case: Decimal
    liability: Decimal
    age_s: float


@dataclass(frozen=True)
class Totals:
    """Sums over every game. bets: a ticket counts once in each of its games."""

    games: int = 0
    open_games: int = 0
    bets: int = 0
    handle: Decimal = Decimal(0)
    expected_pnl: Decimal = Decimal(0)
    realised_pnl: Decimal = Decimal(0)
    total_pnl: Decimal = Decimal(0)
    liability: Decimal = Decimal(0)


@dataclass(frozen=True)
class Reading:
    """What MySQL said at one moment.

    at: MySQL's clock, UTC; None if there was no game yet. age_s: since the newest figure of any
    game, None as well. lines: by money at risk, games with open bets first.
    """

    at: datetime | None
    totals: Totals
    lines: tuple[GameLine, ...]
    age_s: float | None


def read_board(connection: Connection, top: int, sport: str = "") -> Reading:
    """Read the `top` games with most at risk. sport: only this one; '' for all.

    Raises pymysql.MySQLError.
    """
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(_BOARD, {"top": top, "sport": sport})
        rows = cursor.fetchall()
    if not rows:
        return Reading(None, Totals(), (), None)
    first = rows[0]
    return Reading(
        at=first["read_at"],
        totals=Totals(
            games=int(first["all_games"]),
            open_games=int(first["all_open_games"]),
            bets=int(first["all_bets"]),
            handle=first["all_handle"],
            expected_pnl=first["all_expected_pnl"],
            realised_pnl=first["all_realised_pnl"],
            total_pnl=first["all_total_pnl"],
            liability=first["all_at_risk"],
        ),
        lines=tuple(_line(row) for row in rows),
        # A row may be written between the statement's NOW and its reading.
        age_s=max(0.0, (first["read_at"] - first["newest_at"]).total_seconds()),
    )


def _line(row: dict[str, Any]) -> GameLine:
    home, away = row["score_home"], row["score_away"]
    return GameLine(
        game_id=row["game_id"],
        sport=row["sport"],
        home=row["home"],
        away=row["away"],
        starts_at=row["starts_at"],
        state=row["status"],
        minute=row["minute"],
        score=None if home is None or away is None else (home, away),
        bets=row["bets"],
        open_bets=row["open_bets"],
        handle=row["handle"],
        expected_pnl=row["expected_pnl"],
        realised_pnl=row["realised_pnl"],
        total_pnl=row["total_pnl"],
        worst_case=row["worst_case"],
        liability=row["at_risk"],
        age_s=max(0, int(row["age_us"])) / 1e6,
    )
