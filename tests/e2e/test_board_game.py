"""What the page of a game reads, from a real MySQL and MariaDB."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from betpnl import stack
from betpnl.api.pnl.pool import open_reader
from betpnl.board import game_reading
from betpnl.board.game_reading import GameReading
from betpnl.board.what_if import Choice, Market, what_if
from betpnl.job.schema import create_tables
from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack import resolve
from tests.e2e.pnl_rows import AT, ODD_ID, bet, book, fill, placed, put
from tests.waiting import DEADLINE_S

pytestmark = pytest.mark.e2e

# Everything that JSON, LIKE and SQL read in their own way.
SHY_ID = "50%_|\\ \"quoted\" 'é☃'"
MINOR = 2


@pytest.fixture(scope="module", params=["mysql", "mariadb"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    settings = Settings.load(
        home=tmp_path_factory.mktemp("home"),
        mysql_flavour=request.param,
        mysql_buffer_pool_mb=64,
        start_timeout_s=DEADLINE_S,
    )
    try:
        stack.start(settings, names=["mysql"])
        with connect(resolve.mysql(settings)) as connection:
            create_tables(connection, settings)
            fill(connection)
        yield settings
    finally:
        stack.stop(settings, kill=True)


@pytest.fixture
def reader(filled: Settings) -> Iterator[Connection]:
    """As the board reads."""
    with open_reader(filled) as connection:
        yield connection


@pytest.fixture
def writer(filled: Settings) -> Iterator[Connection]:
    """As the job writes."""
    with connect(resolve.mysql(filled)) as connection:
        yield connection


def read(connection: Connection, game_id: str) -> GameReading:
    found = game_reading.game(connection, game_id, MINOR)
    assert found is not None
    return found


def rows(connection: Connection, query: str, *values: Any) -> list[dict[str, Any]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def test_a_game_that_nobody_bet_on_is_none(reader: Connection) -> None:
    assert game_reading.game(reader, "nobody", MINOR) is None
    assert game_reading.latest_bets(reader, "nobody") == []
    assert game_reading.rejected_bets(reader, "nobody", 4) == []


def test_what_each_selection_brings_is_what_the_view_says(reader: Connection) -> None:
    compared = 0
    for game_id in [*(f"game-{number:03}" for number in range(40)), ODD_ID]:
        reading = read(reader, game_id)
        now = what_if(reading.selections, reading.tickets.realised_aside, Choice(), MINOR)
        for row in rows(reader, "SELECT * FROM game_exposure WHERE game_id = %s", game_id):
            market = Market(row["market"], row["line"])
            chosen = what_if(
                reading.selections,
                reading.tickets.realised_aside,
                Choice(winners={market: row["selection"]}),
                MINOR,
            )
            assert chosen.decided + row["market_realised_pnl"] == row["pnl_if_win"]
            assert chosen.settled == now.settled
            assert market not in chosen.left
            compared += 1
    assert compared > 80


def test_worst_and_best_of_whole_markets_are_the_views(
    reader: Connection, writer: Connection
) -> None:
    whole = Market("match_result", ""), Market("half_time_result", "")
    for pays, market in zip((100, 7), whole, strict=True):
        backed = {"home": pays, "draw": 20, "away": 3}
        put(
            writer,
            "selection_book",
            [book("two", *market, name, Decimal(pay)) for name, pay in backed.items()],
        )
    put(writer, "game_placed", [placed("two")])

    reading = read(reader, "two")

    now = what_if(reading.selections, reading.tickets.realised_aside, Choice(), MINOR)
    game = reading.answer.game
    assert (now.worst, now.best) == (Decimal(game.worst_case), Decimal(game.best_case))
    assert (now.worst, now.best) == (Decimal("-59.94"), Decimal("57.06"))


def test_singles_and_accumulators_add_up_to_the_game(
    reader: Connection, writer: Connection
) -> None:
    put(writer, "selection_book", [book("shares", "m", "", name, Decimal(30)) for name in "ab"])
    # 6 singles and 4 tickets ride; a ticket is settled, and a cash-out was paid.
    whole = placed("shares", 10, "60") | {
        "expected_payout": Decimal("40.5000"),
        "cash_out_pnl": Decimal("-1.25"),
    }
    put(writer, "game_placed", [whole])
    settled = {"game_id": "shares", "bets": 1, "handle": 10, "payout": 4, "expected_payout": 3}
    put(writer, "game_ticket_settled", [settled])

    reading = read(reader, "shares")

    assert reading.tickets.open_bets == 3
    assert reading.tickets.realised_aside == Decimal("4.75")
    now = what_if(reading.selections, reading.tickets.realised_aside, Choice(), MINOR)
    total = Decimal(reading.answer.game.total_pnl)
    assert now.pnl + reading.tickets.expected_pnl == total
    assert now.settled == Decimal(reading.answer.game.realised_pnl)


def test_latest_bets_are_the_newest_and_as_the_view_has_them(
    reader: Connection, writer: Connection
) -> None:
    times = [f"2026-01-05 18:{number // 60:02}:{number % 60:02}.000" for number in range(120)]
    put(
        writer,
        "bet",
        [bet(f"many-{n:03}", SHY_ID, accepted_at=time) for n, time in enumerate(times)],
    )
    put(writer, "bet", [bet("same-moment", SHY_ID, accepted_at=times[-1], leg_count=2)])

    latest = game_reading.latest_bets(reader, SHY_ID)

    assert [row.bet_id for row in latest[:3]] == ["same-moment", "many-119", "many-118"]
    assert len(latest) == game_reading.LATEST_MAX
    assert latest[0].leg_count == 2
    assert latest[0].accepted_at == "2026-01-05T18:01:59.000Z"
    (figures,) = rows(reader, "SELECT * FROM bet_pnl WHERE bet_id = 'many-119'")
    assert (latest[1].total_pnl, latest[1].result) == (figures["total_pnl"], figures["result"])


def reject(partition: int, offset: int, excerpt: str) -> dict[str, Any]:
    return {
        "topic": "bets",
        "log_partition": partition,
        "log_offset": offset,
        "arrived_at": AT,
        "reason": "stake: must be above 0",
        "excerpt": excerpt,
    }


def record(bet_id: str, game_id: str) -> dict[str, Any]:
    return {"bet_id": bet_id, "legs": [{"game_id": game_id}]}


def test_rejected_bets_are_those_that_name_the_game(reader: Connection, writer: Connection) -> None:
    near = SHY_ID.replace("%", "x").replace("_", "y")
    put(
        writer,
        "bet_reject",
        [
            reject(0, 1, json.dumps(record("escaped", SHY_ID))),
            reject(1, 2, json.dumps(record("plain \\ \"", SHY_ID), ensure_ascii=False, indent=1)),
            reject(1, 3, json.dumps(record("another", near))),
            reject(2, 4, json.dumps(record(SHY_ID, "another"))),
            reject(2, 5, json.dumps({"customer_id": SHY_ID})),
            reject(3, 6, '{"legs": [{"game_id" : ' + json.dumps(SHY_ID) + ', "cut of'),
            reject(3, 7, f"no JSON at all {SHY_ID}"),
        ],
    )  # fmt: skip

    found = game_reading.rejected_bets(reader, SHY_ID, 4)

    # A record that names it elsewhere is one too many, and harmless.
    assert {row.bet_id for row in found} - {SHY_ID} == {"escaped", 'plain \\ "', None}
    assert all(row.reason == "stake: must be above 0" for row in found)


def test_only_the_newest_rejects_are_looked_through(
    filled: Settings, reader: Connection, writer: Connection
) -> None:
    partition = filled.topic_partitions - 1
    put(writer, "bet_reject", [reject(partition, 100, json.dumps(record("old", "buried")))])
    noise = range(101, 100 + game_reading.REJECTS_READ_MAX)
    put(writer, "bet_reject", [reject(partition, offset, "{}") for offset in noise])
    found = game_reading.rejected_bets(reader, "buried", filled.topic_partitions)
    assert [row.bet_id for row in found] == ["old"]

    reader.rollback()
    put(writer, "bet_reject", [reject(partition, 9_999, "{}")])
    assert game_reading.rejected_bets(reader, "buried", filled.topic_partitions) == []
