"""GET /v1/stream: everything, then only what changes, whoever listens and however slowly."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from betpnl import stack
from tests.e2e.pnl_rows import placed, put
from tests.e2e.pnl_server import (
    Listener,
    Served,
    process,
    revoke,
    serving,
    token,
)
from tests.waiting import DEADLINE_S, until

pytestmark = pytest.mark.e2e

LISTENERS = 50
READINGS = "betpnl_api_stream_readings_total"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("home")) as ready:
        yield ready


def change(served: Served, game_id: str) -> None:
    served.execute("UPDATE game_placed SET bets = bets + 1 WHERE game_id = %s", game_id)


def bets(served: Served, game_id: str) -> int:
    (row,) = served.rows("SELECT bets FROM game_placed WHERE game_id = %s", game_id)
    return int(row["bets"])


def by_id(games: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {game["game_id"]: game for game in games}


def test_first_all_games_then_only_what_changes(served: Served) -> None:
    with Listener(served) as listener:
        first = listener.games()
        assert (first["kind"], first["part"], first["parts"]) == ("snapshot", 1, 1)
        assert by_id(first["games"]) == by_id(served.walk(limit=1000))

        change(served, "game-003")
        second = listener.games()
        assert (second["kind"], second["removed"]) == ("changes", [])
        assert [game["game_id"] for game in second["games"]] == ["game-003"]
        assert second["games"][0]["bets"] == bets(served, "game-003")

        # Written, and yet the same as before: no news. Then one that is.
        served.execute("UPDATE game_placed SET updated_at = NOW(3) WHERE game_id = 'game-004'")
        until_as_of = listener.until_game("game-004")
        assert until_as_of["updated_at"] > first["as_of"]
        served.execute("UPDATE selection_price SET version = 7 WHERE game_id = 'game-005'")
        served.execute("UPDATE game SET minute = 77 WHERE game_id = 'game-006'")
        third = listener.games()
        assert [(game["game_id"], game["minute"]) for game in third["games"]] == [("game-006", 77)]


def test_events_are_as_the_openapi_says(served: Served) -> None:
    with served.client() as client:
        components = client.get("/openapi.json").json()["components"]
    schema = {"$ref": "#/components/schemas/GamesEvent", "components": components}
    with Listener(served) as listener:
        jsonschema.Draft202012Validator(schema).validate(listener.games())


def test_a_filter_is_kept(served: Served) -> None:
    with Listener(served, sport="football") as football, Listener(served, id="game-001") as one:
        sports = {game["sport"] for game in football.games()["games"]}
        assert sports == {"football"}
        assert [game["game_id"] for game in one.games()["games"]] == ["game-001"]

        change(served, "game-002")
        change(served, "game-003")
        change(served, "game-001")

        assert football.until_game("game-003")["sport"] == "football"
        (only,) = one.games()["games"]
        assert only["game_id"] == "game-001"

        # Another sport's from now on: whoever asked for football must not keep it.
        served.execute("UPDATE game SET sport = 'golf' WHERE game_id = 'game-003'")
        gone = football.games()
        assert (gone["games"], gone["removed"]) == ([], ["game-003"])
        served.execute("UPDATE game SET sport = 'football' WHERE game_id = 'game-003'")


def test_many_who_listen_cost_one_reading(served: Served) -> None:
    with ExitStack() as open_streams:
        listeners = [open_streams.enter_context(Listener(served)) for _ in range(LISTENERS)]
        for listener in listeners:
            listener.games()
        until(lambda: served.metric("betpnl_api_streams") == LISTENERS, "others listen too")
        readings = served.metric(READINGS)
        (before,) = served.rows("SHOW GLOBAL STATUS LIKE 'Com_select'")

        until(lambda: served.metric(READINGS) >= readings + 10, "nobody reads")

        (after,) = served.rows("SHOW GLOBAL STATUS LIKE 'Com_select'")
        done = served.metric(READINGS) - readings
        # The clock and what was written; a reading with news also asks for the news.
        assert int(after["Value"]) - int(before["Value"]) <= 4 * (done + 1)
        change(served, "game-008")
        number = bets(served, "game-008")
        with ThreadPoolExecutor(LISTENERS) as threads:
            for game in threads.map(lambda each: each.until_game("game-008"), listeners):
                assert game["bets"] == number

    until(lambda: served.metric("betpnl_api_streams") == 0, "streams are left")
    readings = served.metric(READINGS)
    (before,) = served.rows("SHOW GLOBAL STATUS LIKE 'Com_select'")
    until(lambda: _selects(served) > int(before["Value"]) + 3, "status is not counted")
    assert served.metric(READINGS) <= readings + 1, "nobody listens, and it reads"


def _selects(served: Served) -> int:
    (row,) = served.rows("SHOW GLOBAL STATUS LIKE 'Com_select'")
    served.rows("SELECT 1")
    return int(row["Value"])


def test_who_comes_back_gets_what_was_missed(served: Served) -> None:
    with Listener(served) as listener:
        everything = len(listener.games()["games"])
        last = listener.last_id
    change(served, "game-009")
    served.execute("DELETE FROM game_placed WHERE game_id = 'game-011'")

    with Listener(served, last=last) as again:
        changed: list[str] = []
        removed: list[str] = []
        # Whoever is back before the next reading is told in more than one event.
        while not (changed and removed):
            missed = again.games()
            assert missed["kind"] == "changes"
            changed += [game["game_id"] for game in missed["games"]]
            removed += missed["removed"]
        assert (changed, removed) == (["game-009"], ["game-011"])
        with served.database() as connection:
            put(connection, "game_placed", [placed("game-011")])
        again.until_game("game-011")

    for unknown in ("x", f"{last}0", last[:-1] + "999999", "0" * 400):
        with Listener(served, last=unknown) as stranger:
            whole = stranger.games()
            assert whole["kind"] == "snapshot"
            assert len(whole["games"]) == everything
    with Listener(served, last=last, id="game-001") as other_filter:
        assert other_filter.games()["kind"] == "snapshot"


def test_a_slow_listener_gets_the_newest_and_holds_nobody_up(served: Served) -> None:
    many = [f"slow-{number:03}" for number in range(400)]
    # No kernel keeps so much for one connection.
    rounds = 40
    address = urlsplit(served.url)
    with served.database() as connection:
        put(connection, "game_placed", [placed(game_id) for game_id in many])
        with socket.socket() as slow, Listener(served) as quick:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.settimeout(DEADLINE_S)
            slow.connect((address.hostname, address.port))
            slow.sendall(
                b"GET /v1/stream HTTP/1.1\r\nhost: x\r\nconnection: close\r\n"
                b"authorization: Bearer " + served.reader.encode() + b"\r\n\r\n"
            )
            until(lambda: served.metric("betpnl_api_streams") == 2, "it does not listen")
            for number in range(2, rounds + 2):
                with connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE game_placed SET bets = %s WHERE game_id LIKE 'slow-%%'", (number,)
                    )
                quick.until_game(many[-1], bets=number)

            received = b""
            while received.count(f'"bets":{rounds + 1},'.encode()) < len(many):
                part = slow.recv(1_000_000)
                assert part, "the stream has ended"
                received += part
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM game_placed WHERE game_id LIKE 'slow-%'")

    seen = [number for number in range(2, rounds + 2) if f'"bets":{number},'.encode() in received]
    assert seen[-1] == rounds + 1
    assert len(seen) < rounds, "everything was kept for it"


def test_a_token_that_is_taken_away_ends_the_stream(served: Served) -> None:
    passing = token(served.settings, "passing", "pnl:read")
    with Listener(served, token=passing) as listener:
        listener.games()
        revoke(served.settings, "passing")
        listener.until_end()
    with served.client(passing) as client:
        assert client.get("/v1/stream").status_code == 401


def test_a_mysql_that_goes_is_told_and_the_stream_goes_on(served: Served) -> None:
    with Listener(served) as listener:
        as_of = listener.games()["as_of"]
        stack.stop(served.settings, names=["mysql"], kill=True)
        kind, data = listener.event()
        assert kind == "stale"
        assert data["as_of"] >= as_of
        assert data["reason"]
        with Listener(served) as later:
            assert later.event()[0] == "stale"
            stack.start(served.settings, names=["mysql"])
            back = listener.games()
            assert back["kind"] == "changes"
            change(served, "game-001")
            listener.until_game("game-001")
            assert later.games()["kind"] == "snapshot"


def test_streams_are_counted_for_each_client_and_end_with_the_server(served: Served) -> None:
    few = served.settings.model_copy(update={"api_streams_per_client_max": 1})
    with process(few) as (running, url):
        small = Served(few, url, running, served.reader, served.writer)
        with Listener(small) as listener:
            listener.games()
            with small.client() as client:
                second = client.get("/v1/stream")
                assert second.status_code == 429
                assert int(second.headers["retry-after"]) > 0
                assert client.get("/v1/sports").status_code == 200
        until(lambda: small.metric("betpnl_api_streams") == 0, "the stream is left")
        with Listener(small) as listener:
            listener.games()
            running.send_signal(signal.SIGTERM)
            listener.until_end()
            assert running.wait(DEADLINE_S) == 0
