"""Limits on real MySQL: rights, one breach for two boards, restarts, and the webhook."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pymysql
import pytest

from betpnl import stack
from betpnl.api.pnl import feed
from betpnl.api.pnl.answers import GamePnl
from betpnl.api.pnl.pool import UnavailableError, open_reader
from betpnl.errors import UserError
from betpnl.job.schema import create_tables, filled_tables
from betpnl.limits import checks
from betpnl.limits.access import open_writer
from betpnl.limits.desk import Desk
from betpnl.limits.message import signature
from betpnl.limits.records import Breach, Rule
from betpnl.limits.teller import Webhook
from betpnl.limits.watchdog import HOLD_S, Watchdog
from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack import resolve
from tests.e2e.pnl_rows import book, placed, put
from tests.limit_hook import HANG, Hook, hook
from tests.waiting import DEADLINE_S, until

pytestmark = pytest.mark.e2e
ANN = "ann"


class FakeClock:
    """Goes on when the test says so."""

    def __init__(self) -> None:
        self.now_s = 1_800_000_000.0

    def now(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds


class Bench:
    """A database, its clock, and as many boards as a test wants."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.clock = settings, FakeClock()
        self.job = connect(resolve.mysql(settings))
        self.boards: list[Watchdog] = []
        self.desk = Desk(lambda: open_writer(settings), self.clock, lambda: None)

    def board(self, to: Hook | None = None) -> Watchdog:
        """One that does only what the test calls."""
        found = None if to is None else Webhook(to.url, "k3y", "EUR", "https://b", DEADLINE_S)
        board = Watchdog(
            write=lambda: open_writer(self.settings),
            read=lambda: open_reader(self.settings),
            base_minor=2,
            clock=self.clock,
            webhook=found,
        )
        self.boards.append(board)
        return board

    def set(self, rule: Rule) -> int:
        return self.desk.add(rule, ANN)

    def games(self) -> dict[str, GamePnl]:
        """What a board's feed reads."""
        reading = feed.Feed(lambda: open_reader(self.settings))
        try:
            return {game.game_id: game for game in reading.read().changed}
        finally:
            reading.close()

    def look(self, *boards: Watchdog, after_s: float = 0) -> None:
        """A reading on each board, after a while."""
        self.clock.sleep(after_s)
        games = self.games()
        for board in boards:
            board.wake()
            board.step()
            board.on_figures(games)
            board.step()

    def breaches(self) -> list[Breach]:
        return self.desk.history(100)

    def due_now(self) -> None:
        """As if the wait for the next try were over."""
        self.run("UPDATE limit_breach SET next_try_at = NOW(3) - INTERVAL 1 SECOND")

    def run(self, text: str, *values: Any) -> None:
        with self.job.cursor() as cursor:
            cursor.execute(text, values)

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        with self.job.cursor() as cursor:
            cursor.execute(text)
            return list(cursor.fetchall())


@pytest.fixture(scope="module", params=["mysql", "mariadb"])
def settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    found = Settings.load(
        home=tmp_path_factory.mktemp("home"),
        mysql_flavour=request.param,
        mysql_buffer_pool_mb=64,
        start_timeout_s=DEADLINE_S,
        # The `_` must not stand for any character in a grant.
        mysql_database="bet_pnl",
    )
    stack.start(found, names=["mysql"])
    try:
        yield found
    finally:
        stack.stop(found)


@pytest.fixture
def bench(settings: Settings) -> Iterator[Bench]:
    made = Bench(settings)
    create_tables(made.job, settings)
    put(made.job, "game_placed", [placed("g1"), placed("g2")])
    yield made
    for board in made.boards:
        board.close()
    for (name,) in made.rows(
        "SELECT table_name FROM information_schema.tables "
        "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"
    ):
        made.run(f"TRUNCATE TABLE `{name}`")
    made.job.close()


def total(bound: str, measure: str = "total_pnl", **more: str) -> Rule:
    return checks.rule(**{"scope": "total", "measure": measure, "bound": bound, **more})


def set_total_pnl(bench: Bench, amount: str) -> None:
    """Make this the total PNL of all games."""
    bench.run("UPDATE game_placed SET cash_out_pnl = 0, expected_payout = handle_riding")
    bench.run("UPDATE game_placed SET cash_out_pnl = %s WHERE game_id = 'g1'", D(amount))


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(pymysql.err.MySQLError, match="denied"):
        yield


def test_the_boards_user_writes_limits_and_nothing_else(bench: Bench) -> None:
    bench.set(total("-5"))
    board = open_writer(bench.settings)
    try:
        with board.cursor() as cursor:
            for text in (
                "INSERT INTO game_placed (game_id) VALUES ('x')",
                "UPDATE game_placed SET bets = 0",
                "SELECT * FROM bet",
                "DROP TABLE pnl_limit",
                "CREATE TABLE other (a INT)",
                "SELECT * FROM betxpnl.pnl_limit",
            ):
                with refused():
                    cursor.execute(text)
    finally:
        board.close()
    reader = open_reader(bench.settings)
    try:
        # MySQL says first that the session reads only; that the user may not is test_stack's.
        with pytest.raises(pymysql.err.MySQLError), reader.cursor() as cursor:
            cursor.execute("DELETE FROM pnl_limit")
    finally:
        reader.close()
    assert filled_tables(bench.job) == ["game_placed"]


def test_the_board_makes_its_tables_where_no_job_has(bench: Bench) -> None:
    bench.run("DROP TABLE limit_breach")
    bench.run("DROP TABLE pnl_limit")

    board = bench.board()
    board.step()
    bench.set(total("-5"))
    board.wake()
    board.step()

    assert [limit.sentence for limit in board.limits] == [
        "Total PNL of all games: at least -5.0000"
    ]


def test_a_breach_lasts_from_the_first_figure_beyond_to_the_end_of_the_hold(bench: Bench) -> None:
    bench.set(total("-5", note="careful"))
    board = bench.board()
    for amount, after_s in (("-5", 1), ("-5.0001", 1), ("-9.25", 1), ("-7", 1), ("-5", 1)):
        set_total_pnl(bench, amount)
        bench.look(board, after_s=after_s)

    (breach,) = bench.breaches()
    assert board.open_breaches == (breach,)
    assert (breach.began_value, breach.worst_value, breach.note) == (
        D("-5.0001"),
        D("-9.25"),
        "careful",
    )
    assert breach.ended_at is None
    assert board.value(breach.limit_id) == -5

    bench.look(board, after_s=HOLD_S)

    (ended,) = bench.breaches()
    assert board.open_breaches == ()
    assert (ended.ended_because, ended.ended_value) == ("within", -5)
    assert ended.ended_at is not None
    assert (ended.ended_at - ended.began_at).total_seconds() == 3 + HOLD_S


def test_games_and_sports_have_limits_of_their_own(bench: Bench) -> None:
    put(bench.job, "selection_book", [book("g1", "match_result", "", "home", D("110.5050"))])
    ids = [
        bench.set(checks.rule(scope="game", game_id="g1", measure="liability", bound="100.4949")),
        bench.set(checks.rule(scope="game", game_id="g1", measure="liability", bound="100.4950")),
        bench.set(checks.rule(scope="sport", sport="unknown", measure="liability", bound="7")),
        bench.set(checks.rule(scope="game", game_id="g2", measure="liability", bound="0")),
    ]
    board = bench.board()

    bench.look(board)

    assert [breach.limit_id for breach in board.open_breaches] == [ids[0], ids[2]]
    assert [board.value(each) for each in ids] == [D("100.4950")] * 3 + [0]


def test_a_market_is_watched_until_it_is_settled_and_after(bench: Bench) -> None:
    put(bench.job, "selection_book", [book("g1", "match_result", "", "home", D("110.50"))])
    put(bench.job, "selection_book", [book("g1", "total", "2.5", "over", D(900))])
    market = {"scope": "market", "game_id": "g1", "market": "match_result"}
    liability = bench.set(checks.rule(**market, measure="liability", bound="100"))
    realised = bench.set(checks.rule(**market, measure="realised_pnl", bound="-100"))
    nowhere = bench.set(
        checks.rule(**{**market, "market": "none"}, measure="liability", bound="100")
    )
    board = bench.board()

    bench.look(board)
    assert [breach.limit_id for breach in board.open_breaches] == [liability]
    assert [board.value(each) for each in (liability, realised, nowhere)] == [
        D("100.49"),
        0,
        None,
    ]

    put(
        bench.job,
        "selection_result",
        [
            {
                "game_id": "g1",
                "market": "match_result",
                "line": "",
                "selection": "home",
                "version": 1,
                "status": "settled",
                "result": "win",
                "dead_heat_winners": 1,
                "dead_heat_tied": 1,
                "certainty": "",
                "settled_at": "2026-01-05 18:30:00",
            }
        ],
    )
    bench.look(board, after_s=1)
    bench.look(board, after_s=HOLD_S)
    assert [breach.limit_id for breach in board.open_breaches] == [realised]
    assert [board.value(each) for each in (liability, realised)] == [0, D("-100.49")]

    bench.run("DELETE FROM game_placed WHERE game_id = 'g1'")
    bench.look(board, after_s=1)
    bench.look(board, after_s=HOLD_S)
    newest = bench.breaches()[0]
    assert (newest.ended_because, newest.ended_value) == ("gone", None)


def test_two_boards_write_one_breach_and_tell_it_once(bench: Bench) -> None:
    bench.set(total("-5"))
    with hook() as told:
        boards = [bench.board(told), bench.board(told)]
        set_total_pnl(bench, "-6")
        games = bench.games()
        for board in boards:
            board.step()
            board.on_figures(games)
        _at_once(*(board.step for board in boards))
        set_total_pnl(bench, "-8")
        bench.look(*boards)
        _at_once(*(board.tell for board in boards))
        set_total_pnl(bench, "0")
        bench.look(*boards, after_s=1)
        bench.look(*boards, after_s=HOLD_S)
        _at_once(*(board.tell for board in boards))

    (breach,) = bench.breaches()
    assert (breach.began_value, breach.worst_value, breach.ended_because) == (-6, -8, "within")
    assert [(said["id"], said["value"], said["worst_value"]) for said in told.said] == [
        (f"{breach.breach_id}-begin", "-6.0000", "-6.0000"),
        (f"{breach.breach_id}-end", "0.0000", "-8.0000"),
    ]
    for headers, body in told.got:
        assert headers["Betpnl-Signature"] == signature("k3y", body)
        assert headers["Betpnl-Event-Id"] == json.loads(body)["id"]


def _at_once(*calls: Callable[[], object]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_webhook_that_fails_is_told_again_across_restarts_and_in_order(bench: Bench) -> None:
    limit_id = bench.set(total("-5"))
    with hook(503, 500, 200) as told:
        first = bench.board(told)
        set_total_pnl(bench, "-6")
        bench.look(first)
        assert first.tell() == 0
        bench.desk.enable(limit_id, False)
        bench.desk.enable(limit_id, True)
        bench.look(first, after_s=1)

        newer, older = bench.breaches()
        assert (older.problem, older.tries) == ("answered 503", 1)
        assert older.ended_because == "disabled"
        assert newer.ended_at is None

        # Not tried again before its time, and nothing of the limit overtakes it.
        bench.run(
            "UPDATE limit_breach SET next_try_at = NOW(3) + INTERVAL 1 HOUR WHERE breach_id = %s",
            older.breach_id,
        )
        assert first.tell() == 0
        assert len(told.got) == 1
        del first

        second = bench.board(told)
        bench.due_now()
        assert second.tell() == 0
        assert bench.breaches()[1].problem == "answered 500"
        bench.due_now()
        assert [second.tell(), second.tell(), second.tell(), second.tell()] == [1, 1, 1, 0]

    assert [said["id"] for said in told.said] == [
        *[f"{older.breach_id}-begin"] * 3,
        f"{older.breach_id}-end",
        f"{newer.breach_id}-begin",
    ]
    newer, older = bench.breaches()
    assert (older.problem, older.tries) == ("", 0)
    assert None not in (older.begin_notified_at, older.end_notified_at, newer.begin_notified_at)
    assert newer.end_notified_at is None


def test_a_board_that_died_while_telling_is_followed_by_another(bench: Bench) -> None:
    bench.set(total("-5"))
    with hook(HANG, 200) as told:
        dying, other = bench.board(told), bench.board(told)
        set_total_pnl(bench, "-6")
        bench.look(dying)
        hanging = threading.Thread(target=dying.tell)
        hanging.start()
        until(lambda: len(told.got) == 1, "the webhook was not called")

        assert other.tell() == 0
        bench.due_now()
        assert other.tell() == 1
        told.over.set()
        hanging.join()

    assert len({said["id"] for said in told.said}) == 1


def test_only_a_board_with_a_webhook_has_something_told(bench: Bench) -> None:
    bench.set(total("-5"))
    set_total_pnl(bench, "-6")
    without = bench.board()
    bench.look(without)
    assert without.tell() == 0
    with hook() as told:
        later = bench.board(told)
        bench.look(later)
        assert later.tell() == 1
    assert [said["event"] for said in told.said] == ["begin"]


def test_changing_a_limit_ends_its_breach_and_keeps_what_it_said(bench: Bench) -> None:
    limit_id = bench.set(total("-5"))
    board = bench.board()
    set_total_pnl(bench, "-6")
    bench.look(board)
    (limit,) = board.limits

    bench.desk.change(limit_id, replace(total("-5"), note="mine"), version=limit.version)
    bench.look(board)
    assert len(bench.breaches()) == 1
    bench.desk.change(limit_id, total("-5.5"), version=2)
    bench.look(board, after_s=1)
    with pytest.raises(UserError, match="changed by somebody else"):
        bench.desk.change(limit_id, total("-7"), version=2)
    bench.desk.delete(limit_id)
    bench.look(board, after_s=1)

    newer, older = bench.breaches()
    assert board.open_breaches == board.limits == ()
    assert (older.bound, older.ended_because) == (-5, "changed")
    assert (newer.bound, newer.ended_because) == (D("-5.5"), "deleted")
    for action in (bench.desk.delete, lambda each: bench.desk.enable(each, True)):
        with pytest.raises(UserError, match="There is no limit"):
            action(limit_id)
    assert bench.set(total("-5")) > limit_id


def test_a_breach_seen_while_its_limit_is_deleted_is_none(bench: Bench) -> None:
    limit_id = bench.set(total("-5"))
    board = bench.board()
    board.step()
    set_total_pnl(bench, "-6")
    board.on_figures(bench.games())
    assert len(board.open_breaches) == 1

    bench.desk.delete(limit_id)
    board.step()

    assert board.open_breaches == ()
    assert bench.breaches() == []


def test_a_limit_that_was_changed_past_the_store_ends_its_breach(bench: Bench) -> None:
    bench.set(total("-5"))
    board = bench.board()
    set_total_pnl(bench, "-6")
    bench.look(board)

    bench.run("DELETE FROM pnl_limit")
    bench.look(board, after_s=10)

    assert board.open_breaches == ()
    assert bench.breaches()[0].ended_because == "changed"


def test_a_breach_is_acknowledged_once_by_somebody(bench: Bench) -> None:
    bench.set(total("-5"))
    board = bench.board()
    set_total_pnl(bench, "-6")
    bench.look(board)
    (breach,) = board.open_breaches
    assert breach.breach_id is not None

    bench.desk.acknowledge(breach.breach_id, "bob")
    with pytest.raises(UserError, match="acknowledged already"):
        bench.desk.acknowledge(breach.breach_id, "eve")
    board.wake()
    board.step()

    assert [each.acknowledged_by for each in board.open_breaches] == ["bob"]


def test_names_and_notes_are_only_text(bench: Bench) -> None:
    odd = "'); DROP TABLE pnl_limit; -- %s <script>☃"
    bench.set(checks.rule(scope="game", game_id=odd, measure="liability", bound="1", note=odd))
    put(bench.job, "game_placed", [placed(odd)])
    put(bench.job, "selection_book", [book(odd, "m", "", "s", D("110.50"))])
    board = bench.board()

    bench.look(board)

    assert [(each.game_id, each.note) for each in board.open_breaches] == [(odd, odd)]


# Nothing in it is the server's own, and to start one again takes a while.
@pytest.mark.parametrize("settings", ["mysql"], indirect=True)
def test_what_mysql_did_not_take_is_written_once_it_is_back(
    settings: Settings, bench: Bench
) -> None:
    bench.set(total("-5"))
    with hook() as told:
        board = bench.board(told)
        set_total_pnl(bench, "-6")
        games = bench.games()
        board.start()
        try:
            until(lambda: len(board.limits) == 1, "the limit was not read")
            stack.stop(settings, names=["mysql"], kill=True)
            board.on_figures(games)
            until(lambda: board.problem != "", "the board does not miss MySQL")
            assert len(board.open_breaches) == 1
            with pytest.raises(UnavailableError):
                bench.desk.history(1)
            stack.start(settings, names=["mysql"])
            until(lambda: len(told.got) == 1, "nobody was told")
            until(lambda: board.problem == "", "the board still misses MySQL")
        finally:
            board.close()
    bench.job._force_close()
    bench.job = connect(resolve.mysql(settings))
    (breach,) = bench.breaches()
    assert (breach.began_value, breach.ended_at) == (-6, None)
