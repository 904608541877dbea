"""Curves over what the real job wrote: they end at what the views say, and begin at nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from betpnl.board.curves import Curve, Figures, Scope, curve
from betpnl.mysql import connect
from tests.e2e.world import ON_BATCHED_WORLD, World, bet, leg, result
from tests.waiting import until

pytestmark = ON_BATCHED_WORLD

BUCKETS = (
    "SELECT SUM(bets), SUM(handle), SUM(payout), SUM(expected_payout), SUM(revalued) "
    "FROM game_settled_second "
    "WHERE game_id LIKE %s"
)
SUMS = (
    "SELECT SUM(bets), SUM(handle), SUM(payout), SUM(expected_payout), SUM(revalued) FROM ("
    "SELECT game_id, bets, handle, payout, expected_payout, 0 AS revalued FROM game_settled "
    "UNION ALL SELECT game_id, bets, handle, payout, expected_payout, revalued "
    "FROM game_ticket_settled) AS settled "
    "WHERE game_id LIKE %s"
)
PRESENT = (
    "SELECT SUM(handle), SUM(expected_pnl), SUM(realised_pnl), SUM(total_pnl) FROM game_pnl "
    "WHERE game_id LIKE %s"
)


@contextmanager
def _snapshot(world: World) -> Iterator[Connection]:
    with connect(world.found, read_only=True) as connection:
        connection.begin()
        yield connection


def _curve(world: World, scope: Scope, span_minutes: int = 60) -> Curve:
    with _snapshot(world) as connection:
        return curve(connection, scope, span_minutes)


def _ago(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="milliseconds")


def _until_settled(world: World, expected: tuple[Any, ...]) -> None:
    """Wait for the buckets of this test's games, which must be the settled sums.

    How results have revalued open tickets has to agree as well.
    """
    until(
        lambda: (
            world.row(BUCKETS, "curve-%") == world.row(SUMS, "curve-%")
            and world.row(SUMS, "curve-%")[:4] == expected
        ),
        lambda: (
            f"buckets {world.rows(BUCKETS, 'curve-%')}, sums {world.rows(SUMS, 'curve-%')}, "
            f"expected {expected}"
        ),
    )


def _at(curve_: Curve, minutes_ago: float) -> Figures:
    time = curve_.now.at - timedelta(minutes=minutes_ago)
    return max(point for point in curve_.points if point.at <= time).figures


def test_buckets_add_up_to_what_is_settled_and_curves_to_what_stands(world: World) -> None:
    legs = [leg("curve-1", 1, odds=2.0), leg("curve-2", 2, odds=2.0)]
    world.send(
        "bets",
        bet("curve-single", "curve-1", accepted_at=_ago(30)),
        bet("curve-other", "curve-2", accepted_at=_ago(30)),
        bet("curve-acca", bet_type="accumulator", legs=legs, accepted_at=_ago(30)),
    )
    world.send("results", result("curve-1", "win", settled_at=_ago(20)))
    world.send("results", result("curve-2", "win", settled_at=_ago(10)))
    # The sums may come before the rows of the bets that they are made of.
    until(
        lambda: world.row("SELECT COUNT(*) FROM bet WHERE bet_id LIKE 'curve-%%'") == (3,),
        "the rows of the three bets are not there",
    )
    expected = world.row("SELECT SUM(expected_payout) FROM bet WHERE bet_id LIKE 'curve-%%'")
    until(
        lambda: (
            world.row("SELECT SUM(handle) FROM game_minute WHERE game_id LIKE 'curve-%%'")
            == world.row("SELECT SUM(handle) FROM game_pnl WHERE game_id LIKE 'curve-%%'")
            == (30,)
        ),
        "the bets are not in their minutes",
    )
    _until_settled(world, (4, 30, 87, *expected))

    one = _curve(world, Scope("game", "curve-1"))
    assert one.points[0].figures == Figures()
    assert one.now.figures == world.row(PRESENT, "curve-1")
    assert _at(one, 25).handle == 15
    assert _at(one, 25).realised_pnl == 0
    # The single at 20 minutes; the share of the accumulator with its last leg, at 10.
    assert _at(one, 15).realised_pnl == D("-13.5")
    assert one.now.figures.realised_pnl == D("-28.5")

    # Corrected, the accumulator is lost at once; taken back, one leg is open again.
    world.send("results", result("curve-2", "lose", version=2, settled_at=_ago(5)))
    _until_settled(world, (4, 30, D("23.5"), *expected))
    corrected = _curve(world, Scope("game", "curve-1"))
    assert corrected.points[0].figures == Figures()
    assert corrected.now.figures.realised_pnl == D("-8.5")
    assert _at(corrected, 8).realised_pnl == D("-13.5")

    world.send("results", result("curve-2", None, version=3, status="rolled_back"))
    single = world.row("SELECT expected_payout FROM bet WHERE bet_id = 'curve-single'")
    _until_settled(world, (1, 10, D("23.5"), *single))
    undone = _curve(world, Scope("game", "curve-2"))
    assert undone.points[0].figures == Figures()
    assert undone.now.figures == world.row(PRESENT, "curve-2")
    assert undone.now.figures.realised_pnl == 0


def test_a_cash_out_moves_the_curve_where_its_bet_was_accepted(world: World) -> None:
    cash_out = {"fraction": 0.5, "amount": 6.0}
    world.send(
        "bets",
        bet("cashed", "cashed-game", accepted_at=_ago(30)),
        bet(
            "cashed", "cashed-game", version=2, status="cashed_out", cash_out=cash_out,
            accepted_at=_ago(30),
        ),
    )  # fmt: skip
    until(
        lambda: (
            world.rows("SELECT SUM(cash_out_pnl) FROM game_minute WHERE game_id = 'cashed-game'")
            == world.rows("SELECT cash_out_pnl FROM game_pnl WHERE game_id = 'cashed-game'")
            == [(-1,)]
        ),
        "the cash-out is not in its minute",
    )

    cashed = _curve(world, Scope("game", "cashed-game"))

    assert cashed.points[0].figures == Figures()
    assert cashed.now.figures == world.row(PRESENT, "cashed-game")
    assert _at(cashed, 25).realised_pnl == -1


@pytest.mark.parametrize("span", [1, 1440])
def test_a_sport_and_all_end_at_what_the_views_say(world: World, span: int) -> None:
    world.send(
        "games",
        {
            "game_id": "curve-1", "version": 1, "sport": "football", "competition": "League",
            "home": "Home", "away": "Away", "status": "live",
        },
    )  # fmt: skip
    sums = "SUM(handle), SUM(expected_pnl), SUM(realised_pnl), SUM(total_pnl)"
    until(
        lambda: world.rows("SELECT 1 FROM game WHERE game_id = 'curve-1'") != [],
        "the game does not arrive",
    )

    for scope, where in (
        (Scope(), ""),
        (Scope("sport", "football"), "WHERE sport = 'football'"),
        (Scope("sport", "unknown"), "WHERE sport = 'unknown'"),
    ):
        found = _curve(world, scope, span)
        assert found.now.figures == world.row(f"SELECT {sums} FROM sport_pnl {where}")
        assert not found.empty
    nothing = _curve(world, Scope("sport", "chess"), span)
    assert nothing.empty
    assert {point.figures for point in nothing.points} == {Figures()}


def test_no_curve_reads_more_than_its_span(world: World) -> None:
    asked: list[str] = []

    class Listening(Cursor):
        def execute(self, query: Any, args: Any = None) -> int:
            asked.append(self.mogrify(query, args))
            return super().execute(query, args)

    with _snapshot(world) as connection:
        connection.cursorclass = Listening
        for scope in (Scope(), Scope("sport", "football"), Scope("game", "curve-1")):
            curve(connection, scope, 1440)
    plans = [
        world.row("EXPLAIN FORMAT=TRADITIONAL " + query.replace("%", "%%"))
        for query in asked
        if "FORCE INDEX" in query
    ]

    assert len(plans) >= 3
    for plan in plans:
        assert plan[4] == "range"
        assert plan[6] == "PRIMARY"
