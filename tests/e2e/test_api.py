"""The API and a real Kafka: what it answers is what the log holds, whatever breaks meanwhile."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from betpnl import stack
from betpnl.api import token_file
from betpnl.api.ingest.examples import EXAMPLES
from betpnl.api.token_book import file_of
from betpnl.contract.topics import BETS, TOPICS
from betpnl.paths import PROJECT
from betpnl.publisher import Publisher
from betpnl.settings import Settings
from betpnl.stack.resolve import kafka_bootstrap
from tests.api_process import Load, Running, bet, ingesting, messages
from tests.unit.api_serving import add_token, bearer
from tests.unit.lambda_events import FORMATS, answers, packed
from tests.waiting import DEADLINE_S, until

pytestmark = pytest.mark.e2e

_PAGE = (PROJECT / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    home = tmp_path_factory.mktemp("home")
    made = Settings.load(
        home=home,
        kafka_heap_mb=256,
        start_timeout_s=DEADLINE_S,
        api_serves="ingest",
        api_ack_timeout_ms=30_000,
    )
    stack.start(made, names=["kafka"])
    try:
        yield made
    finally:
        stack.stop(made, kill=True)


@pytest.fixture(scope="module")
def api(settings: Settings) -> Iterator[Running]:
    add_token(settings)
    with ingesting(settings, settings.home) as running:
        yield running


@pytest.fixture
def client(settings: Settings, api: Running) -> Iterator[httpx.Client]:
    headers = bearer(add_token(settings))
    with httpx.Client(base_url=api.url, headers=headers, timeout=60) as made:
        yield made


def test_what_is_accepted_is_in_the_log_byte_for_byte(
    settings: Settings, client: httpx.Client
) -> None:
    for topic in (each for each in TOPICS if each.name in EXAMPLES):
        records = EXAMPLES[topic.name]
        if topic is BETS:
            records = [bet("exact-1", stake="3.30"), bet("exact-2")]
        # Spaces and the order of fields are the sender's.
        written = [f' {json.dumps(record)[:-1]} , "own" : 1.10 }}' for record in records]
        body = "[" + ",".join(written) + "]"

        answer = client.post(
            f"/v1/{topic.name}",
            content=gzip.compress(body.encode()),
            headers={"content-encoding": "gzip"},
        )

        assert answer.status_code == 202, answer.text
        assert answer.json()["accepted"] == 2
        found = {(key, value) for _, key, value in messages(settings, topic.name)}
        for record, value in zip(records, written, strict=True):
            key = "\x1f".join(record.get(name, "") for name in topic.key_fields).encode()
            assert (key, value.strip().encode()) in found


def test_the_same_batch_again_goes_where_every_producer_puts_it(
    settings: Settings, client: httpx.Client
) -> None:
    batch = [bet(f"again-{number}") for number in range(8)]
    publisher = Publisher(kafka_bootstrap(settings))
    publisher.deliver(
        BETS, [(each["bet_id"].encode(), json.dumps(each).encode()) for each in batch]
    )
    publisher.close(timeout_s=60)

    for kind in ("application/x-ndjson", "application/jsonl"):
        lines = "\n".join(json.dumps(each) for each in batch)
        answer = client.post("/v1/bets", content=lines, headers={"content-type": kind})
        assert answer.status_code == 202

    found = messages(settings, "bets")
    for each in batch:
        copies = [
            (partition, value) for partition, key, value in found if key == each["bet_id"].encode()
        ]
        assert len(copies) == 3
        assert len(set(copies)) == 1


def test_of_a_mixed_batch_the_valid_ones_are_in(settings: Settings, client: httpx.Client) -> None:
    batch = [bet("mixed-1"), bet("mixed-2", stake=0), 3, bet("mixed-4")]

    answer = client.post("/v1/bets", json=batch)

    assert answer.status_code == 207
    assert [record["status"] for record in answer.json()["records"]] == [
        "accepted",
        "rejected",
        "rejected",
        "accepted",
    ]
    keys = {key for _, key, _ in messages(settings, "bets") if key.startswith(b"mixed")}
    assert keys == {b"mixed-1", b"mixed-4"}


def test_a_large_record_goes_through_and_a_larger_one_is_rejected(
    settings: Settings, client: httpx.Client
) -> None:
    # So that it cannot be packed into less.
    noise = os.urandom(2_000_000).hex()
    room = settings.kafka_message_bytes_max - 512
    fits = bet("large", own="")
    fits["own"] = noise[: room - len(json.dumps(fits))]

    answer = client.post("/v1/bets", content=json.dumps([fits, bet("larger", own=noise[:room])]))

    assert answer.status_code == 207, answer.text
    assert [record["status"] for record in answer.json()["records"]] == ["accepted", "rejected"]
    assert any(key == b"large" for _, key, _ in messages(settings, "bets"))


def test_a_token_is_changed_without_a_restart(settings: Settings, api: Running) -> None:
    old, new = (bearer(add_token(settings)) for _ in range(2))

    def statuses() -> list[int]:
        return [
            httpx.post(f"{api.url}/v1/bets", json=bet("rotated"), headers=header).status_code
            for header in (old, new)
        ]

    assert statuses() == [202, 202]
    token_file.revoke(file_of(settings), old["authorization"].split("_")[1])
    assert statuses() == [401, 202]


def test_schemathesis_finds_nothing(settings: Settings, api: Running, tmp_path: Path) -> None:
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            "run",
            f"{api.url}/openapi.json",
            f"--header=Authorization: Bearer {add_token(settings)}",
            "--phases=examples,coverage,fuzzing",
            "--max-examples=8",
            "--generation-deterministic",
            # A schema cannot say all rules, and a batch may hold good and bad.
            "--exclude-checks=positive_data_acceptance,negative_data_rejection",
            "--no-color",
        ],
        env={
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "SCHEMATHESIS_HOOKS": "tests.e2e.schemathesis_hooks",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )

    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
    tried = re.search(r"(\d+) generated, \1 passed", done.stdout)
    assert tried is not None, done.stdout[-2000:]
    assert int(tried[1]) > 500


def test_the_examples_of_the_docs_do_what_they_say(
    settings: Settings, api: Running, tmp_path: Path
) -> None:
    blocks = re.findall(r"```(\w+)\n(.*?)```\n", _PAGE, re.DOTALL)
    environment = {**os.environ, "API": api.url, "TOKEN": add_token(settings)}
    compared = 0
    for (kind, text), (_, said) in pairwise(blocks):
        if kind not in ("bash", "python"):
            continue
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text]
            if kind == "bash"
            else [sys.executable, "-c", text],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == said.strip()
        compared += 1

    assert compared == 3


def test_a_function_delivers_each_event_over_one_connection(
    settings: Settings, tmp_path: Path
) -> None:
    token = bearer(add_token(settings))
    hashes = token_file.text_of(token_file.read(file_of(settings)))
    there = Settings.load(
        home=tmp_path,
        kafka_bootstrap=kafka_bootstrap(settings),
        api_tokens=hashes,
        api_serves="ingest",
    )
    zipped = {**token, "content-encoding": "gzip"}
    events = []
    for number, form in enumerate(FORMATS):
        plain, small = (json.dumps(bet(f"function-{number}-{name}")) for name in ("a", "b"))
        events.append(form("POST", "/v1/bets", token, plain, False))
        events.append(form("POST", "/v1/bets", zipped, packed(gzip.compress(small.encode())), True))

    said, lines = answers(there, events)

    assert [answer["statusCode"] for answer in said] == [202] * len(events), said
    keys = {key.decode() for _, key, _ in messages(settings, "bets")}
    assert {f"function-{number}-{name}" for number in range(3) for name in "ab"} <= keys
    assert [line["event"] for line in lines].count("kafka_ready") <= 1


@pytest.mark.parametrize("workers", [1, 2])
def test_an_end_under_load_loses_nothing_that_was_accepted(
    settings: Settings, tmp_path: Path, workers: int
) -> None:
    token = add_token(settings)
    several = settings.model_copy(update={"api_workers": workers})
    with ingesting(several, tmp_path) as running:
        with Load(running.url, token, f"ended-{workers}") as load:
            until(lambda: len(load.accepted) > 500, "hardly anything was accepted")
            code = running.end()
        log = running.log.read_text()

    assert code == 0, log
    assert "Traceback" not in log
    assert set(load.statuses) == {202}
    keys = {key.decode() for _, key, _ in messages(settings, "bets")}
    assert load.accepted - keys == set()


def test_missing_topics_are_named_and_nothing_is_taken(settings: Settings, tmp_path: Path) -> None:
    other = settings.model_copy(update={"topic_prefix": "other-"})
    header = bearer(add_token(settings))
    with ingesting(other, tmp_path, missing="no topic other-bets") as running:
        answer = httpx.post(f"{running.url}/v1/bets", json=bet("nowhere"), headers=header)

    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "kafka_away"


def test_a_broker_killed_under_load_costs_nothing_that_was_accepted(
    settings: Settings, api: Running
) -> None:
    with Load(api.url, add_token(settings), "killed") as load:
        until(lambda: len(load.accepted) > 500, "hardly anything was accepted")
        stack.stop(settings, names=["kafka"], kill=True)
        until(lambda: 503 in load.statuses, "nobody noticed")
        until(lambda: "does not answer" in api.ready(), "it believes to be ready")
        stack.start(settings, names=["kafka"])
        until(lambda: not api.ready(), lambda: f"not ready again: {api.ready()}")
        before = len(load.accepted)
        until(lambda: len(load.accepted) > before + 500, "it does not recover")

    assert set(load.statuses) == {202, 503}
    keys = {key.decode() for _, key, _ in messages(settings, "bets")}
    assert load.accepted - keys == set()
    assert api.process.poll() is None
