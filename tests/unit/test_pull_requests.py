"""An API that misbehaves: nothing is lost, nothing is hammered, and no secret goes astray."""

from __future__ import annotations

import asyncio
import gzip
import ipaddress
import json
import re
import socket
import sqlite3
import ssl
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from betpnl.pull import body
from betpnl.pull.faults import Fault
from tests.bookmaker import Bookmaker, Reply, Request, bookmaker, cursors
from tests.unit.contract_records import ARRIVED_MS
from tests.unit.pulling import CURSOR, Json, game, pull_of, run

GAMES = [game(number) for number in range(7)]


@pytest.fixture
def api() -> Iterator[Bookmaker]:
    with bookmaker(cursors(GAMES, 3)) as server:
        yield server


def _written(path: Path, text: str) -> None:
    path.write_text(text)


def _gzip_bomb() -> bytes:
    return gzip.compress(b" " * 200_000_000, compresslevel=9)


SOON: dict[str, tuple[Reply, str]] = {
    "server error": (Reply({"error": 1}, status=500), "answers 500"),
    "gateway": (Reply(b"<html>", status=502), "answers 502"),
    "rate limit": (Reply({}, status=429), "answers 429"),
    "html": (Reply(b"<html>hi", headers={"Content-Type": "text/html"}), r"no JSON \(text/html\)"),
    "half a document": (Reply(b'{"data": [{"game_id": "g'), "no JSON"),
    "cut body": (Reply({"data": GAMES}, cut=20), "broke off"),
    "reset": (Reply(reset=True), "broke off"),
    "not UTF-8": (Reply(b'{"data": ["\xff"]}'), "not UTF-8"),
    "too deep": (Reply(b"[" * 100_000), "no JSON"),
    "not gzip": (Reply(b"{}", headers={"Content-Encoding": "gzip"}), "is not"),
    "cut gzip": (
        Reply(gzip.compress(b'{"data": []}')[:-6], headers={"Content-Encoding": "gzip"}),
        "cut off",
    ),
}
SLOW: dict[str, tuple[Reply, str]] = {
    "bad request": (Reply({}, status=400), "answers 400; are url"),
    "not found": (Reply({}, status=404), "answers 404; are url"),
    "no list": (Reply({"error": "maintenance"}), "no list where `records` says"),
    "elsewhere": (
        Reply(status=302, headers={"Location": "https://elsewhere.example/"}),
        "redirects to https://elsewhere.example:443",
    ),
    "nowhere": (Reply(status=302), "redirects for ever"),
    "large": (Reply(b" " * 3000), "larger than 2048 bytes"),
    "large gzip": (Reply(_gzip_bomb(), headers={"Content-Encoding": "gzip"}), "larger than 2048"),
    "other packing": (Reply(b"x", headers={"Content-Encoding": "br"}), "packed in a way"),
    "cursor is a list": (Reply({"data": [], "next": [1]}), "neither a text nor a number"),
}


@pytest.mark.parametrize("name", SOON)
def test_a_passing_fault_is_tried_again_soon_and_loses_nothing(
    api: Bookmaker, tmp_path: Path, name: str
) -> None:
    reply, words = SOON[name]
    api.script.extend([reply, reply])

    done = run(pull_of(tmp_path, api.url))

    assert [record["game_id"] for record in done.records] == [f"g{n}" for n in range(7)]
    assert done.state.phase == "done"
    assert len(done.slept) == 2
    assert 0.5 <= done.slept[0] <= 1 <= done.slept[1] <= 2
    assert re.search(words, done.said[0])


@pytest.mark.parametrize("reply", [Reply(hang=True), Reply({"data": GAMES}, drip=True)])
def test_an_answer_that_does_not_come_to_an_end_is_given_up(
    api: Bookmaker, tmp_path: Path, reply: Reply
) -> None:
    api.script.append(reply)

    done = run(pull_of(tmp_path, api.url, limits={"timeout_s": 1}))

    assert done.said[0] == "no whole answer within 1 s"
    assert len(done.records) == 7


@pytest.mark.parametrize("name", SLOW)
def test_a_fault_that_somebody_has_to_mend_is_told_and_tried_again_slowly(
    api: Bookmaker, tmp_path: Path, name: str
) -> None:
    reply, words = SLOW[name]
    pull = pull_of(tmp_path, api.url, limits={"body_bytes_max": 2048})
    api.script.extend([reply] * (10 if name == "nowhere" else 2))

    done = run(pull, once=False, waits=4)

    assert [record["game_id"] for record in done.records] == [f"g{n}" for n in range(7)]
    assert all(30 <= wait <= 60 for wait in done.slept[:2])
    assert words in done.said[0]


def test_once_goes_past_an_empty_page_and_not_past_two(tmp_path: Path) -> None:
    def answer(request: Request) -> Reply:
        # A cursor more with every answer, and records on all pages but the fourth.
        at = int(request.params.get("after", 0))
        records = GAMES[at : at + 1] if at != 3 else []
        return Reply({"data": records, "next": str(at + 1)})

    with bookmaker(answer) as api:
        done = run(pull_of(tmp_path, api.url))

    assert [record["game_id"] for record in done.records] == ["g0", "g1", "g2", "g4", "g5", "g6"]
    assert [request.params.get("after") for request in api.requests] == [
        None,
        *map(str, range(1, 9)),
    ]


def test_a_small_answer_that_unpacks_to_a_huge_one_takes_no_memory() -> None:
    packed = _gzip_bomb()
    headers = {"Content-Encoding": "gzip"}

    async def answer() -> None:
        class Once(httpx.AsyncByteStream):
            async def __aiter__(self) -> AsyncIterator[bytes]:
                yield packed

        response = httpx.Response(200, headers=headers, stream=Once())
        with pytest.raises(Fault, match="larger than 2000000 bytes"):
            await body.read(response, 2_000_000)

    tracemalloc.start()
    try:
        asyncio.run(answer())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 20_000_000


def test_once_gives_up_at_a_fault_that_somebody_has_to_mend(api: Bookmaker, tmp_path: Path) -> None:
    api.script.extend([Reply({}, status=404)])

    done = run(pull_of(tmp_path, api.url))

    assert (done.state.phase, done.slept, done.published) == ("failed", [], [])


def test_an_api_that_is_away_for_an_hour_is_waited_for(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    done = run(pull_of(tmp_path, f"http://127.0.0.1:{port}"), waits=90)

    assert sum(done.slept) > 3600
    assert max(done.slept) <= 60
    assert "Connection refused" in done.said[0]
    assert done.state.phase == "stopped"


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ("120", 120, 120),
        ("0", 0.5, 1),
        ("86400", 3600, 3600),
        ("-5", 0.5, 1),
        ("soon", 0.5, 1),
        ("9" * 5000, 0.5, 1),
        (
            format_datetime(datetime.fromtimestamp(ARRIVED_MS / 1000 + 90, UTC), usegmt=True),
            90,
            90,
        ),
        (format_datetime(datetime(2020, 1, 1, tzinfo=UTC) - timedelta(1), usegmt=True), 0.5, 1),
    ],
)
def test_retry_after_is_obeyed_within_its_bound(
    api: Bookmaker, tmp_path: Path, said: str, least: float, most: float
) -> None:
    api.script.append(Reply({}, status=429, headers={"Retry-After": said}))

    done = run(pull_of(tmp_path, api.url))

    assert len(done.slept) == 1
    assert least <= done.slept[0] <= most
    assert len(done.records) == 7


def test_a_redirect_on_the_same_origin_is_followed(api: Bookmaker, tmp_path: Path) -> None:
    api.script.append(Reply(status=307, headers={"Location": "/moved?x=1"}))

    done = run(pull_of(tmp_path, api.url))

    assert len(done.records) == 7
    assert api.requests[1].path == "/moved"


def test_no_content_is_the_end(api: Bookmaker, tmp_path: Path) -> None:
    api.script.append(Reply(status=204))

    assert run(pull_of(tmp_path, api.url)).state.phase == "done"


def test_a_rotated_secret_is_found(api: Bookmaker, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("old\n")
    listed = api.answer

    def answer(request: Request) -> Reply:
        if request.headers.get("authorization") != "Bearer new":
            return Reply({}, status=401)
        return listed(request)

    api.answer = answer
    auth = {"kind": "bearer", "token": {"file": "key"}}

    done = run(
        pull_of(tmp_path, api.url, auth=auth),
        once=False,
        waits=4,
        on_sleep=lambda _: _written(key, "new\n"),
    )

    assert len(done.records) == 7
    assert "does not take the credentials" in done.said[0]
    assert "old" not in done.said[0]
    assert 30 <= done.slept[0] <= 60


def test_a_secret_that_is_away_is_named_and_waited_for(api: Bookmaker, tmp_path: Path) -> None:
    auth = {"kind": "header", "name": "X-Key", "key": {"file": "key"}}

    done = run(
        pull_of(tmp_path, api.url, auth=auth),
        once=False,
        waits=3,
        on_sleep=lambda _: _written(tmp_path / "key", "k"),
    )

    assert "key with the secret cannot be read" in done.said[0]
    assert api.requests[0].headers["x-key"] == "k"
    assert len(done.records) == 7


def test_basic_and_query_credentials_go_where_they_belong(
    api: Bookmaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOOK", "pass word&")
    basic = {"kind": "basic", "user": "me", "password": {"env": "BOOK"}}
    run(pull_of(tmp_path, api.url, auth=basic))
    assert api.requests[-1].headers["authorization"] == "Basic bWU6cGFzcyB3b3JkJg=="

    query = {"kind": "query", "name": "api_key", "key": {"env": "BOOK"}}
    done = run(pull_of(tmp_path / "other", api.url, auth=query))
    assert api.requests[-1].params == {"after": "6", "api_key": "pass word&"}
    assert done.place == {"cursor": "6"}


def test_a_secret_in_a_next_address_is_not_kept(
    api: Bookmaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOOK", "s3cret")

    def answer(request: Request) -> Reply:
        at = int(request.params.get("at", 0))
        url = f"/games?at={at + 3}&api_key={request.params['api_key']}"
        link = {"Link": f'<{url}>; rel="next"'} if at < 6 else {}
        return Reply({"data": GAMES[at : at + 3]}, headers=link)

    api.answer = answer
    auth = {"kind": "query", "name": "api_key", "key": {"env": "BOOK"}}

    done = run(pull_of(tmp_path, api.url, auth=auth, paging={"kind": "next"}))

    assert len(done.records) == 7
    assert done.place == {"url": f"{api.url}/games?at=6"}
    assert [request.params["api_key"] for request in api.requests] == ["s3cret"] * 3


def test_a_next_page_on_another_origin_is_never_asked(tmp_path: Path) -> None:
    with bookmaker(lambda _: Reply({"data": []})) as other:
        first = Reply({"data": GAMES[:1], "next": f"{other.url}/steal"})
        with bookmaker(lambda _: first) as api:
            paging = {"kind": "next", "next": "next"}
            done = run(pull_of(tmp_path, api.url, paging=paging))

            assert (done.state.phase, len(done.published)) == ("failed", 1)
            assert f"the next page is on {other.url}" in done.state.text
            assert other.requests == []

            paging = {**paging, "origins": [other.url]}
            assert run(pull_of(tmp_path, api.url, paging=paging)).state.phase == "done"
            assert [request.path for request in other.requests] == ["/steal"]


def _oauth(api: Bookmaker, **changes: Any) -> Json:
    return {
        "kind": "oauth2",
        "token_url": f"{api.url}/token",
        "client_id": "me",
        "client_secret": {"env": "BOOK"},
        **changes,
    }


def test_oauth_tokens_are_kept_and_replaced_when_they_are_not_taken(
    api: Bookmaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOOK", "s3cret")
    listed, tokens = api.answer, ["one", "two"]

    def answer(request: Request) -> Reply:
        if request.path == "/token":
            return Reply({"access_token": tokens.pop(0), "expires_in": 3600})
        taken = request.headers["authorization"] == ("Bearer two" if not tokens else "Bearer one")
        # The first token is withdrawn in the middle of the list.
        if request.params.get("after") == "3" and tokens:
            return Reply({}, status=401)
        return listed(request) if taken else Reply({}, status=401)

    api.answer = answer

    done = run(pull_of(tmp_path, api.url, auth=_oauth(api)), once=False, waits=2)

    assert len(done.records) == 7
    asked = [request for request in api.requests if request.path == "/token"]
    assert len(asked) == 2
    assert asked[0].headers["authorization"] == "Basic bWU6czNjcmV0"
    assert asked[0].body == b"grant_type=client_credentials"


def test_an_oauth_token_is_replaced_before_it_expires(
    api: Bookmaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOOK", "s3cret")
    listed = api.answer
    api.answer = lambda request: (
        Reply({"access_token": "t", "expires_in": 31})
        if request.path == "/token"
        else listed(request)
    )
    auth = _oauth(api, send="body", scope="read")

    run(pull_of(tmp_path, api.url, auth=auth, poll_s=2), once=False, waits=2)

    asked = [request for request in api.requests if request.path == "/token"]
    assert len(asked) == 2
    form = b"grant_type=client_credentials&scope=read&client_id=me&client_secret=s3cret"
    assert asked[0].body == form


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply({}, status=401), "no token from auth.token_url: the API answers 401"),
        (Reply({}), "has no access_token"),
        (Reply({"access_token": "a\nb"}), "has no access_token"),
        (Reply(b"<html>"), "no token from auth.token_url: the answer is no JSON"),
    ],
)
def test_a_token_that_is_not_given_out_is_told(
    api: Bookmaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: Reply, words: str
) -> None:
    monkeypatch.setenv("BOOK", "s3cret")
    api.answer = lambda _: reply

    done = run(pull_of(tmp_path, api.url, auth=_oauth(api)), once=False, waits=1)

    assert words in done.said[0]
    assert "s3cret" not in done.said[0]


def _lines(*rows: object) -> bytes:
    return b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)


def _ndjson(folder: Path, url: str) -> Any:
    paging = {**CURSOR, "next": "[-1].game_id"}
    return pull_of(folder, url, format="ndjson", records=None, paging=paging)


def test_ndjson_is_read_line_by_line_and_a_broken_line_is_not_lost(
    api: Bookmaker, tmp_path: Path
) -> None:
    pages = {None: _lines(GAMES[0], b"{broken", GAMES[1]) + b"\r\n", "g1": _lines(GAMES[2])}
    api.answer = lambda request: Reply(pages.get(request.params.get("after"), b""))

    done = run(_ndjson(tmp_path, api.url))

    values = [value for _, value in done.published]
    assert values[1] == b"{broken"
    assert [json.loads(values[at])["game_id"] for at in (0, 2, 3)] == ["g0", "g1", "g2"]
    assert done.state.invalid == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(_lines(GAMES[0], b'{"game_id": "g')), "cut off in its last line"),
        (Reply(_lines(GAMES[0]), length=False), "has no length"),
        (Reply(b"<html>\n</html>\n", headers={"Content-Type": "text/html"}), "no NDJSON"),
    ],
)
def test_an_ndjson_answer_that_may_be_cut_is_fetched_again(
    api: Bookmaker, tmp_path: Path, reply: Reply, words: str
) -> None:
    api.answer = lambda request: Reply(b"" if "after" in request.params else _lines(*GAMES))
    api.script.append(reply)

    done = run(_ndjson(tmp_path, api.url), once=False, waits=2)

    assert words in done.said[0]
    assert [record["game_id"] for record in done.records] == [f"g{n}" for n in range(7)]


def test_a_page_that_kafka_does_not_take_is_fetched_again(api: Bookmaker, tmp_path: Path) -> None:
    refusals = [True, True, False, True, False, False]

    def deliver(*_: object) -> None:
        if refusals.pop(0):
            raise Fault("Kafka did not take the page (away)")

    done = run(pull_of(tmp_path, api.url), deliver=deliver)

    assert [record["game_id"] for record in done.records] == [f"g{n}" for n in range(7)]
    assert [request.params.get("after") for request in api.requests] == [
        None, None, None, "3", "3", "6",
    ]  # fmt: skip


def test_an_unforeseen_error_is_told_without_contents_and_ends_nothing(
    api: Bookmaker, tmp_path: Path
) -> None:
    errors = [KeyError("customer 4711")]

    def deliver(*_: object) -> None:
        if errors:
            raise errors.pop()

    done = run(pull_of(tmp_path, api.url), deliver=deliver, once=False, waits=2)

    assert len(done.records) == 7
    assert "KeyError at test_pull_requests.py" in done.said[0]
    assert "4711" not in done.said[0]


def test_numbers_go_through_as_they_were_written(api: Bookmaker, tmp_path: Path) -> None:
    text = (
        b'{"data": [{"game_id": "g", "a": 0.1000, "b": 123456789012345678901234567890.123456789,'
        b' "c": 1e400, "d": 9007199254740993, "e": -0.0, "f": 1E-7, "g": NaN}]}'
    )
    api.answer = lambda _: Reply(text)

    ((key, value),) = run(pull_of(tmp_path, api.url)).published

    assert key == b"g"
    assert value == (
        b'{"game_id":"g","a":0.1000,"b":123456789012345678901234567890.123456789,'
        b'"c":1E+400,"d":9007199254740993,"e":-0.0,"f":1E-7,"g":"NaN"}'
    )


def test_once_looks_again_at_what_a_cut_off_walk_had_behind_it(tmp_path: Path) -> None:
    rows = [game(number) for number in range(9)]

    def answer(request: Request) -> Reply:
        at = 3 * int(request.params["page"])
        return Reply({"data": rows[at : at + 3]})

    with bookmaker(answer) as api:
        paging = {"kind": "page", "parameter": "page", "first": 0, "newest_first": True}
        pull = pull_of(tmp_path, api.url, paging=paging)
        pages = iter(range(2))

        def deliver(*_: object) -> None:
            if next(pages, None) is None:
                raise Fault("stop here", slow=True)

        assert run(pull, deliver=deliver).state.phase == "failed"
        rows[:0] = [game(number) for number in range(100, 105)]
        done = run(pull)

    assert {record["game_id"] for record in done.records} >= {f"g{n}" for n in range(100, 105)}


def _certificate(folder: Path) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody has signed, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sportsbook")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    day = timedelta(1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - day)
        .not_valid_after(datetime.now(UTC) + day)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    path = folder / "sportsbook.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none)
        + certificate.public_bytes(pem)
    )
    return path


def test_a_certificate_that_nobody_signed_is_not_trusted_unless_the_file_names_it(
    tmp_path: Path,
) -> None:
    pem = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with bookmaker(cursors(GAMES, 3), context) as api:
        refused = run(pull_of(tmp_path, api.url), once=False, waits=1)
        taken = run(pull_of(tmp_path, api.url, ca_file="sportsbook.pem"))

    assert "its certificate is not trusted: self-signed certificate" in refused.said[0]
    assert refused.published == []
    assert len(taken.records) == 7


def test_a_place_that_cannot_be_kept_is_told_and_nothing_goes_on(
    api: Bookmaker, tmp_path: Path
) -> None:
    def deliver(*_: object) -> None:
        # As a disk that is full would.
        with sqlite3.connect(tmp_path / "pull" / "games.sqlite") as db:
            db.execute("DROP TABLE IF EXISTS seen")
        db.close()

    done = run(pull_of(tmp_path, api.url), deliver=deliver, once=False, waits=1)

    assert "the place cannot be kept" in done.said[0]
    assert done.place == {"cursor": None}
