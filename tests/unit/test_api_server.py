"""The server around the API: its log, slow and greedy clients, and its end."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from betpnl.api import connections, server
from betpnl.api.app import create_app
from betpnl.api.ingest.examples import EXAMPLES
from betpnl.errors import UserError
from tests.api_process import ingesting
from tests.unit.api_serving import Served, add_token, serving, settings
from tests.waiting import DEADLINE_S, until


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    given = settings(
        tmp_path_factory.mktemp("home"),
        api_header_timeout_s=1,
        api_body_timeout_s=1,
        api_connections_max=20,
    )
    app = create_app(given)

    @app.get("/v1/broken")
    def broken() -> None:
        raise KeyError("-".join(("a", "secret", "bet")))

    with serving(given, app) as served:
        yield served


def _line(api: Served, request_id: str) -> dict[str, object]:
    """The one line of the log that a request has."""

    def lines() -> list[dict[str, object]]:
        return [
            line
            for line in api.lines
            if line.get("request_id") == request_id and line["event"] == "request"
        ]

    until(lambda: bool(lines()), f"no line for {request_id}")
    (line,) = lines()
    return line


def _raw(api: Served, sent: bytes) -> bytes:
    """What comes back for these bytes until the server hangs up."""
    with socket.create_connection(("127.0.0.1", api.port), timeout=DEADLINE_S) as connection:
        connection.sendall(sent)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


def _shape(answer: bytes) -> tuple[int, str]:
    """Status and code of an error that the server answered without the application."""
    head, _, body = answer.partition(b"\r\n\r\n")
    error = json.loads(body)["error"]
    assert set(error) == {"code", "message", "field", "request_id"}
    assert error["request_id"].encode() in head
    return int(head.split()[1]), error["code"]


def test_a_sane_request_id_is_kept_and_another_replaced(api: Served) -> None:
    for given, kept in [
        ("order-1.2:3_x", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ('a"b', False),
        ("a b", False),
        ("", False),
    ]:
        answer = api.client.get("/v1/nothing", headers={"x-request-id": given})
        assert (answer.headers["x-request-id"] == given) is kept
        assert answer.json()["error"]["request_id"] == answer.headers["x-request-id"]
        assert answer.headers["x-request-id"]


def test_a_line_of_the_log_says_who_and_how_much_but_neither_token_nor_bet(api: Served) -> None:
    answer = api.allowed.post(
        "/v1/bets?token=a-secret", json=[{"bet_id": "secret-bet"}], headers={"x-request-id": "one"}
    )

    line = _line(api, "one")
    assert answer.status_code == 422
    assert {name: line[name] for name in ("method", "path", "status", "client")} == {
        "method": "POST",
        "path": "/v1/bets",
        "status": 422,
        "client": "acme",
    }
    assert (line["accepted"], line["rejected"]) == (0, 1)
    written = json.dumps(api.lines)
    assert "secret" not in written
    assert api.allowed.headers["authorization"].split("_", 2)[2] not in written


def test_the_id_of_a_bet_stands_in_no_line_even_where_there_is_no_such_path(api: Served) -> None:
    api.client.get("/v1/bets/hidden-1/%0ahidden-2", headers={"x-request-id": "hidden"})

    assert _line(api, "hidden")["path"] == "/v1/bets/..."
    assert "hidden-" not in json.dumps(api.lines)


def test_nothing_that_is_sent_can_forge_a_line(api: Served) -> None:
    path = "/v1/%0a%7b%22event%22:%22forged%22%7d" + "x" * 5000
    answer = api.client.get(path)

    line = _line(api, answer.headers["x-request-id"])
    assert str(line["path"]).startswith('/v1/\n{"event"')
    assert len(str(line["path"])) == 200
    assert all(each["event"] != "forged" for each in api.lines)


def test_what_nobody_foresaw_is_a_500_that_tells_nothing(api: Served) -> None:
    answer = api.client.get("/v1/broken", headers={"x-request-id": "broken"})

    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal_error"
    assert _line(api, "broken")["status"] == 500
    (error,) = [line for line in api.lines if line["event"] == "error"]
    assert error["exception"] == "KeyError"
    assert str(error["frames"]).endswith(" broken']")
    assert "a-secret-bet" not in json.dumps(api.lines)


def test_a_body_that_does_not_come_is_a_408(api: Served) -> None:
    head = (
        "POST /v1/bets HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n"
        f"authorization: {api.allowed.headers['authorization']}\r\n\r\n["
    )
    assert _shape(_raw(api, head.encode())) == (408, "slow_body")


@pytest.mark.parametrize("sent", [b"\r\n", b"POST /v1/b", b"POST /v1/bets HTTP/1.1\r\nhost: x\r\n"])
def test_a_header_that_does_not_end_is_a_408(api: Served, sent: bytes) -> None:
    assert _shape(_raw(api, sent)) == (408, "slow_header")


def test_a_header_without_end_is_a_431(api: Served) -> None:
    assert _shape(_raw(api, b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 20_000))[0] == 431


def test_a_header_that_is_too_large_in_one_piece_is_a_431(api: Served) -> None:
    long = b"x" * 1000 + b": " + b"y" * 40_000 + b"\r\n"
    for lines in (2 * long, 12_000 * b"x: y\r\n"):
        assert _shape(_raw(api, b"GET /healthz HTTP/1.1\r\n" + lines + b"\r\n"))[0] == 431


def test_what_is_no_http_is_a_400(api: Served) -> None:
    assert _shape(_raw(api, b"\x16\x03\x01\x02\x00nonsense\r\n\r\n"))[0] == 400


def test_a_connection_without_a_request_is_ended(api: Served) -> None:
    assert _raw(api, b"") == b""


def test_slow_and_silent_clients_do_not_stop_others(tmp_path: Path) -> None:
    # Patient enough that none of them is gone while the others are served.
    given = settings(tmp_path, api_header_timeout_s=3600, api_body_timeout_s=3600)
    with serving(given) as api:
        head = (
            "POST /v1/bets HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n"
            f"authorization: {api.allowed.headers['authorization']}\r\n\r\n["
        )
        half_open = [
            socket.create_connection(("127.0.0.1", api.port), timeout=DEADLINE_S) for _ in range(40)
        ]
        try:
            for place, connection in enumerate(half_open):
                connection.sendall((b"", b"POST /v1/b", head.encode())[place % 3])
            answers = [api.allowed.post("/v1/bets", json=[{}]) for _ in range(20)]
        finally:
            for connection in half_open:
                connection.close()

    assert {answer.status_code for answer in answers} == {422}


def test_one_connection_too_many_is_told_so(tmp_path: Path) -> None:
    with serving(settings(tmp_path, api_connections_max=1)) as api:
        assert api.client.get("/healthz").status_code == 200
        second = httpx.get(
            f"http://127.0.0.1:{api.port}/v1/bets", headers={"x-request-id": "second"}
        )

        assert second.status_code == 503
        assert second.headers["x-request-id"] == "second"
        assert _line(api, "second")["status"] == 503
        assert second.json()["error"]["code"] == "too_many_connections"
        assert int(second.headers["retry-after"]) >= 1
        assert second.headers["connection"] == "close"
        # That the process lives is still said, and the first one is still served.
        alive = httpx.get(f"http://127.0.0.1:{api.port}/healthz")
        assert (alive.status_code, alive.headers["connection"]) == (200, "close")
        assert api.client.get("/healthz").status_code == 200


def test_however_many_are_silent_the_process_says_that_it_lives(tmp_path: Path) -> None:
    given = settings(tmp_path, api_connections_max=1, api_header_timeout_s=3600)
    with serving(given) as api:
        assert api.client.get("/healthz").status_code == 200
        address = ("127.0.0.1", api.port)
        silent = [
            socket.create_connection(address, timeout=DEADLINE_S)
            for _ in range(connections._SILENT_MAX + 10)
        ]
        try:
            alive = httpx.get(f"http://127.0.0.1:{api.port}/healthz")
            assert alive.status_code == 200
            # The oldest made room.
            assert silent[0].recv(1) == b""
        finally:
            for connection in silent:
                connection.close()

        assert api.client.get("/healthz").status_code == 200


def test_the_network_is_not_let_in_without_a_token(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "api.example"):
        given = settings(tmp_path, api_host=host)
        with pytest.raises(UserError, match="api_host"):
            server.require_tokens(given)
    for host in ("127.0.0.1", "::1", "localhost", "127.9.9.9"):
        server.require_tokens(settings(tmp_path, api_host=host))

    add_token(given)
    server.require_tokens(given)


def test_a_port_in_use_names_the_setting(tmp_path: Path) -> None:
    with server.listen(settings(tmp_path)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"api_port is {port}, but that port is in use"):
            server.listen(settings(tmp_path, api_port=port))
        with server.listen(settings(tmp_path)) as another:
            assert another.getsockname()[1] > port
    with pytest.raises(UserError, match="api_host"):
        server.listen(settings(tmp_path, api_host="192.0.2.1"))


@pytest.mark.parametrize(
    ("workers", "end"), [(1, signal.SIGTERM), (2, signal.SIGTERM), (1, signal.SIGHUP)]
)
def test_the_process_starts_without_kafka_and_ends_well(
    tmp_path: Path, workers: int, end: signal.Signals
) -> None:
    given = settings(tmp_path, api_workers=workers, api_drain_s=1)
    add_token(given)
    with (
        ingesting(given, tmp_path, missing="does not answer") as running,
        httpx.Client(base_url=running.url, timeout=60) as client,
    ):
        assert client.post("/v1/games", json=EXAMPLES["games"]).status_code == 401
        # One page for all workers, whichever answers.
        figure = 'betpnl_api_requests_total{route="/v1/games",status="401"} 1.0'
        assert figure in client.get("/metrics").text

        running.process.send_signal(end)
        until(lambda: "stopping" in client.get("/readyz").text, "it does not say that it stops")
        assert running.process.wait(DEADLINE_S) == 0, running.log.read_text()
        assert "Traceback" not in running.log.read_text()


def test_two_that_start_at_once_take_two_ports(tmp_path: Path) -> None:
    with server.listen(settings(tmp_path)) as first, server.listen(settings(tmp_path)) as second:
        assert first.getsockname() != second.getsockname()
