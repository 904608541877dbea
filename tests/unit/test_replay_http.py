"""The replay over HTTP, against a server that is there and has its moods."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from betpnl.contract.topics import BETS, GAMES
from betpnl.replay.http_sink import HttpSink
from betpnl.replay.messages import Block

DEADLINE_S = 30.0


class Server(ThreadingHTTPServer):
    """Answers with what is prepared, then 202; keeps what it took."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.prepared: list[tuple[int, dict[str, str], Any]] = []
        self.taken: list[tuple[str, str, list[Any]]] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        records = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            prepared = self.server.prepared
            status, headers, body = prepared.pop(0) if prepared else (202, {}, {})
            if status in (202, 207):
                self.server.taken.append((self.path, self.headers["Authorization"], records))
        answer = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def _block(count: int, first: int = 0) -> Block:
    values = [b'{"bet_id":"%d"}' % number for number in range(first, first + count)]
    return Block(BETS, [0.0] * count, [b""] * count, values)


def _sent(server: Server) -> list[str]:
    return sorted(record["bet_id"] for _, _, records in server.taken for record in records)


def test_every_message_goes_out_once_in_batches_of_the_size(server: Server) -> None:
    sink = HttpSink(server.url + "/", "secret", batch=10, linger_s=DEADLINE_S)

    sink.send(_block(25), 0, 25)
    sink.flush(DEADLINE_S)

    assert sink.waiting() == sink.failures() == 0
    assert sorted(len(records) for _, _, records in server.taken) == [5, 10, 10]
    assert _sent(server) == sorted(map(str, range(25)))
    assert {(path, token) for path, token, _ in server.taken} == {("/v1/bets", "Bearer secret")}


def test_a_batch_that_stays_small_goes_out_after_its_linger(server: Server) -> None:
    sink = HttpSink(server.url, "secret", batch=10, linger_s=0.01)
    answered = threading.Event()

    sink.send(_block(3), 0, 3)
    while sink.waiting():
        answered.wait(0.01)

    assert _sent(server) == ["0", "1", "2"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_batch_that_cannot_be_taken_now_is_sent_again(server: Server, status: int) -> None:
    server.prepared = [(status, {"Retry-After": "0"}, {}), (status, {"Retry-After": "0"}, {})]
    sink = HttpSink(server.url, "secret")

    sink.send(_block(4), 1, 3)
    sink.flush(DEADLINE_S)

    assert sink.failures() == sink.waiting() == 0
    assert _sent(server) == ["1", "2"]


def test_what_the_api_refuses_has_failed_with_its_words(server: Server) -> None:
    refusal = {"error": {"field": "stake", "message": "must be above 0"}}
    server.prepared = [(207, {}, {"records": [{"status": "accepted"}, refusal]})]
    sink = HttpSink(server.url, "secret")

    sink.send(_block(2), 0, 2)
    sink.flush(DEADLINE_S)

    assert sink.failures() == 1
    assert sink.last_failure() == "207: stake must be above 0"


@pytest.mark.parametrize("body", [{"error": {"message": "no token"}}, {}, [], "?", {"records": 1}])
def test_a_batch_that_is_refused_whole_has_failed_whole(server: Server, body: Any) -> None:
    server.prepared = [(401, {}, body)]
    sink = HttpSink(server.url, "secret")

    sink.send(Block(GAMES, [0.0] * 2, [b""] * 2, [b"{}", b"{}"]), 0, 2)
    sink.flush(DEADLINE_S)

    assert (sink.failures(), sink.waiting()) == (2, 0)
    assert "401" in sink.last_failure()
