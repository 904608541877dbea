"""The view's arithmetic, on a database that needs no server: what was said beside what came."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from betpnl.job.statements import SQL, statement

VIEW = statement(SQL / "mysql" / "29_model_calibration.sql", {})
# SQLite has no decimals: what MySQL divides exactly to 12 places is a floating-point number here.
VIEW = VIEW.replace("CREATE OR REPLACE", "CREATE").replace(
    "CAST(r.dead_heat_winners AS DECIMAL(12,8))", "CAST(r.dead_heat_winners AS REAL)"
)


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE selection_scored (game_id, market, line, selection, sport, model_version, "
        "role, band, bets, p, p_squared, ln_p, ln_not_p)"
    )
    connection.execute(
        "CREATE TABLE selection_result (game_id, market, line, selection, status, result, "
        "dead_heat_winners, dead_heat_tied)"
    )
    connection.execute(VIEW)
    yield connection
    connection.close()


def said(database: sqlite3.Connection, game: str, *chances: float, version: str = "m") -> None:
    sums = (
        sum(chances),
        sum(p * p for p in chances),
        sum(math.log(p) for p in chances),
        sum(math.log(1 - p) for p in chances),
    )
    row = (game, "winner", "", "home", "chess", version, "champion", 0.4, len(chances), *sums)
    database.execute(f"INSERT INTO selection_scored VALUES ({', '.join('?' * len(row))})", row)


def came(
    database: sqlite3.Connection, game: str, result: str | None, winners: int = 1, tied: int = 1
) -> None:
    status = "rolled_back" if result is None else "settled"
    row = (game, "winner", "", "home", status, result or "win", winners, tied)
    database.execute(f"INSERT INTO selection_result VALUES ({', '.join('?' * len(row))})", row)


def rows(database: sqlite3.Connection) -> list[tuple[Any, ...]]:
    return database.execute(
        "SELECT bets, settled_bets, expected_wins, actual_wins, log_loss, brier "
        "FROM model_calibration ORDER BY model_version"
    ).fetchall()


def test_wins_losses_and_shares_are_judged_bet_by_bet(database: sqlite3.Connection) -> None:
    words = {"won": ((0.4, 0.5), 1.0), "lost": ((0.3,), 0.0), "shared": ((0.45, 0.6), 1 / 3)}
    for game, (chances, _) in words.items():
        said(database, game, *chances)
    came(database, "won", "win")
    came(database, "lost", "lose")
    came(database, "shared", "win", 1, 3)

    each = [(p, y) for chances, y in words.values() for p in chances]
    losses = [-(y * math.log(p) + (1 - y) * math.log(1 - p)) for p, y in each]
    squares = [(p - y) ** 2 for p, y in each]
    assert rows(database) == [
        pytest.approx(
            (5, 5, sum(p for p, _ in each), 2 + 2 / 3, sum(losses) / 5, sum(squares) / 5), abs=1e-6
        )
    ]


def test_what_is_open_or_handed_back_says_nothing(database: sqlite3.Connection) -> None:
    for game, result in (("void", "void"), ("push", "push"), ("half", "half_lose")):
        said(database, game, 0.4)
        came(database, game, result)
    said(database, "open", 0.4)
    said(database, "undone", 0.4, 0.5)
    came(database, "undone", None)

    assert rows(database) == [(6, 0, 0, 0, None, None)]


def test_models_are_judged_apart(database: sqlite3.Connection) -> None:
    said(database, "won", 0.4)
    said(database, "won", 0.8, version="n")
    came(database, "won", "win")

    assert [row[4] for row in rows(database)] == pytest.approx(
        [-math.log(0.4), -math.log(0.8)], abs=1e-6
    )


def test_a_bet_that_no_longer_counts_leaves_no_trace(database: sqlite3.Connection) -> None:
    database.execute(
        "INSERT INTO selection_scored VALUES "
        "('won', 'winner', '', 'home', 'chess', 'm', 'champion', 0.4, 0, 0, 0, 0, 0)"
    )
    came(database, "won", "win")

    assert rows(database) == [(0, 0, 0, 0, None, None)]
