"""What the API answers before Kafka is asked: its rules, one by one, over real HTTP."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from betpnl.api import metrics
from betpnl.api.ingest.examples import EXAMPLES
from betpnl.api.ingest.service import SERVED
from tests.unit.api_serving import Served, add_token, bearer, serving, settings

BODY_MAX = 100_000
BAD: dict[str, Any] = {"bet_id": "b1"}


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    given = settings(
        tmp_path_factory.mktemp("home"), api_body_bytes_max=BODY_MAX, api_records_max=10
    )
    with serving(given) as served:
        yield served


def _error(answer: httpx.Response) -> dict[str, str]:
    """The error of an answer, whose shape is the one that all have."""
    error: dict[str, str] = answer.json()["error"]
    assert set(error) == {"code", "message", "field", "request_id"}
    assert error["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["content-type"] == "application/json"
    return error


@pytest.mark.parametrize("header", [{}, {"authorization": "Basic YTpi"}])
def test_nobody_gets_in_without_a_token(api: Served, header: dict[str, str]) -> None:
    answer = api.client.post("/v1/bets", json=[BAD], headers=header)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert _error(answer)["code"] == "no_token"


def test_an_unknown_token_does_not_open(api: Served) -> None:
    known = api.allowed.headers["authorization"].removeprefix("Bearer ")
    for token in (known[:-2], "betpnl_000000000000_x", "nonsense", "x" * 5000):
        answer = api.client.post("/v1/bets", json=[BAD], headers=bearer(token))
        assert answer.status_code == 401
        assert _error(answer)["code"] == "unknown_token"


@pytest.mark.parametrize("topic", [topic.name for topic in SERVED])
def test_a_token_opens_what_its_scopes_say(api: Served, topic: str) -> None:
    given = api.app.state.settings
    right = bearer(add_token(given, f"{topic}:write"))  # type: ignore[arg-type]
    wrong = bearer(
        add_token(given, *(f"{each.name}:write" for each in SERVED if each.name != topic))  # type: ignore[arg-type]
    )

    assert api.client.post(f"/v1/{topic}", json=[{}], headers=right).status_code == 422
    answer = api.client.post(f"/v1/{topic}", json=[{}], headers=wrong)
    assert answer.status_code == 403
    assert "insufficient_scope" in answer.headers["www-authenticate"]
    assert f"{topic}:write" in _error(answer)["message"]


def test_each_record_is_told_what_is_wrong_with_which_field(api: Served) -> None:
    bet = EXAMPLES["bets"][0]
    leg = bet["legs"][0]
    batch = [
        {"bet_id": "b1"},
        3,
        {**bet, "stake": "1.234"},
        {**bet, "legs": [{**leg, "odds": 1}]},
        {**bet, "legs": [{**leg, "market": 7}]},
        {**bet, "legs": [{key: leg[key] for key in leg if key != "sport"}]},
        {**bet, "bet_type": "system"},
        {**bet, "bet_id": "x" * 65},
        {**bet, "stake": float("1e300")},
        {**bet, "legs": [{**leg, "odds": "1_0"}]},
    ]

    answer = api.allowed.post("/v1/bets", json=batch)

    assert answer.status_code == 422
    assert _error(answer)["code"] == "all_rejected"
    said = answer.json()
    assert (said["accepted"], said["rejected"]) == (0, len(batch))
    assert [record["index"] for record in said["records"]] == list(range(len(batch)))
    assert [
        (record["error"]["code"], record["error"]["field"], record.get("key"))
        for record in said["records"]
    ] == [
        ("missing", "version", {"bet_id": "b1"}),
        ("invalid", "", None),
        ("invalid", "stake", {"bet_id": "b-1"}),
        ("invalid", "legs[0].odds", {"bet_id": "b-1"}),
        ("invalid", "legs[0].market", {"bet_id": "b-1"}),
        ("missing", "legs[0].sport", {"bet_id": "b-1"}),
        ("invalid", "legs", {"bet_id": "b-1"}),
        ("invalid", "bet_id", None),
        ("invalid", "stake", {"bet_id": "b-1"}),
        ("invalid", "legs[0].odds", {"bet_id": "b-1"}),
    ]


def test_a_record_that_kafka_would_not_take_is_rejected_alone(tmp_path: Path) -> None:
    given = settings(tmp_path, kafka_message_bytes_max=2000)
    large = {**EXAMPLES["games"][0], "unknown": "x" * 2000}
    with serving(given) as api:
        answer = api.allowed.post("/v1/games", json=[large])

    assert answer.status_code == 422
    assert "more than 1488 bytes" in answer.json()["records"][0]["error"]["message"]


def test_lines_are_records(api: Served) -> None:
    for kind in ("application/x-ndjson", "application/jsonl; charset=utf-8"):
        answer = api.allowed.post(
            "/v1/games",
            content=b'{"game_id":"g1"}\r\n\n  \n{"game_id":"g2"\n{"game_id":"g3"}',
            headers={"content-type": kind},
        )
        assert answer.status_code == 422
        assert [
            (record.get("key"), record["error"]["code"]) for record in answer.json()["records"]
        ] == [({"game_id": "g1"}, "missing"), (None, "malformed"), ({"game_id": "g3"}, "missing")]


@pytest.mark.parametrize("content", [b"{", b"[{},", b"nonsense", b"{} {}", b"\xff", b"[" * 5000])
def test_a_body_that_is_no_json_is_refused(api: Served, content: bytes) -> None:
    answer = api.allowed.post("/v1/bets", content=content)

    assert answer.status_code == 400
    assert _error(answer)["code"] == "malformed_json"


@pytest.mark.parametrize("content", [b"", b" \n", b"[]"])
def test_an_empty_batch_is_refused(api: Served, content: bytes) -> None:
    answer = api.allowed.post("/v1/bets", content=content)

    assert answer.status_code == 422
    assert _error(answer)["code"] == "empty_batch"


def test_a_batch_of_too_many_is_refused_with_the_setting(api: Served) -> None:
    answer = api.allowed.post("/v1/bets", json=[BAD] * 11)

    assert answer.status_code == 413
    assert "api_records_max" in _error(answer)["message"]


def test_a_body_that_is_too_large_is_refused(api: Served) -> None:
    large = b" " * (BODY_MAX + 1)
    known, in_pieces = (
        api.allowed.post("/v1/bets", content=content) for content in (large, iter([large]))
    )

    for answer in (known, in_pieces):
        assert answer.status_code == 413
        assert _error(answer)["code"] == "body_too_large"
    # The connection is still good.
    assert api.allowed.post("/v1/bets", content=b" " * BODY_MAX).status_code == 422


def test_gzip_is_unpacked(api: Served) -> None:
    packed = gzip.compress(json.dumps([BAD, BAD]).encode())
    two_members = gzip.compress(b"[{},") + gzip.compress(b"{}]")
    for content in (packed, two_members):
        answer = api.allowed.post("/v1/bets", content=content, headers={"content-encoding": "gzip"})
        assert answer.status_code == 422
        assert answer.json()["rejected"] == 2


def test_a_small_body_that_unpacks_to_a_large_one_is_refused(api: Served) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < BODY_MAX

    answer = api.allowed.post("/v1/bets", content=bomb, headers={"content-encoding": "gzip"})

    assert answer.status_code == 413
    assert _error(answer)["code"] == "body_too_large"


@pytest.mark.parametrize(
    ("content", "encoding", "status"),
    [
        (b"[]", "gzip", 400),
        (gzip.compress(b"[]")[:-1], "gzip", 400),
        (gzip.compress(b"[{}]") + b"rest", "gzip", 400),
        (zlib.compress(b"[]"), "deflate", 415),
        (b"[]", "br", 415),
    ],
)
def test_a_body_that_is_packed_wrongly_is_refused(
    api: Served, content: bytes, encoding: str, status: int
) -> None:
    answer = api.allowed.post("/v1/bets", content=content, headers={"content-encoding": encoding})

    assert answer.status_code == status
    assert _error(answer)


def test_a_path_and_a_method_that_do_not_exist_have_the_same_shape(api: Served) -> None:
    nowhere, wrong = api.client.get("/v1/nothing"), api.client.get("/v1/bets")

    assert (nowhere.status_code, _error(nowhere)["code"]) == (404, "not_found")
    assert (wrong.status_code, _error(wrong)["code"]) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "POST"


def test_more_than_a_clients_share_waits(tmp_path: Path) -> None:
    given = settings(tmp_path, api_records_per_s=5)
    with serving(given) as api:
        answers = [api.allowed.post("/v1/bets", json=[BAD] * 5) for _ in range(4)]
        free = bearer(add_token(given, name="free", records_per_s=0))
        unlimited = [api.client.post("/v1/bets", json=[BAD] * 5, headers=free) for _ in range(4)]
        never = api.allowed.post("/v1/bets", json=[BAD] * 6)

    # Each takes a window to the brim; four do not fit into the time that they take.
    late = [answer for answer in answers if answer.status_code == 429]
    assert late
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in late)
    assert {answer.status_code for answer in answers} == {422, 429}
    assert {answer.status_code for answer in unlimited} == {422}
    assert never.status_code == 413
    assert "5 records a second" in _error(never)["message"]


def test_while_kafka_is_away_the_same_batch_may_be_sent_again(tmp_path: Path) -> None:
    game = EXAMPLES["games"][0]
    failed = metrics.RECORDS.labels("games", "failed")._value
    before = failed.get()
    with serving(settings(tmp_path)) as api:
        answer = api.allowed.post("/v1/games", json=game)
        ready, lives = api.client.get("/readyz"), api.client.get("/healthz")
        figures = api.client.get("/metrics").text

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert "again" in _error(answer)["message"]
    assert ready.status_code == 503
    assert "kafka" in _error(ready)["message"]
    assert lives.status_code == 200
    assert f'betpnl_api_records_total{{outcome="failed",topic="games"}} {before + 1}' in figures
