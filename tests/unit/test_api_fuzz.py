"""Whatever is sent, the answer is in our shape, and never a 500."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from betpnl.api.errors import ApiError
from betpnl.api.ingest.bodies import gunzip
from betpnl.api.ingest.checking import Checker
from betpnl.api.ingest.examples import EXAMPLES
from betpnl.api.ingest.service import SERVED
from betpnl.api.ingest.splitting import split
from betpnl.contract.topics import BETS, Topic
from tests.unit.api_serving import Served, serving, settings
from tests.unit.contract_records import ARRIVED_MS, GOOD, RULES

T = TypeVar("T")
TYPES = st.sampled_from(["application/json", "application/x-ndjson", "", "text/plain", ";;"])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
RECORDS = [(name, record) for name, record in GOOD if name in EXAMPLES]


@st.composite
def batches(draw: st.DrawFn) -> tuple[str, bytes]:
    """A topic and a body of good records, each with one field changed at random."""
    topic = draw(st.sampled_from(SERVED)).name
    good = [record for name, record in RECORDS if name == topic]
    batch: list[Any] = []
    for _ in range(draw(st.integers(1, 4))):
        record = dict(draw(st.sampled_from(good)))
        record[draw(st.sampled_from(sorted(record)))] = draw(VALUES)
        batch.append(draw(st.just(record) | VALUES))
    # NaN and Infinity, as some programs write them, are no JSON.
    return topic, json.dumps(batch).encode()


def _unless(statuses: tuple[int, ...], work: Callable[[], T]) -> T | None:
    """What the work gives, None if it is refused with one of these statuses."""
    try:
        return work()
    except ApiError as error:
        if error.status in statuses:
            return None
        raise


def _judge(topic: Topic, body: bytes, kind: str) -> None:
    records = _unless((400,), lambda: split(body, kind, 1000))
    if records is None:
        return
    checked = Checker(topic, RULES, 1_048_576).check(records, ARRIVED_MS)
    assert [answer.index for answer in checked.answers] == list(range(len(records)))
    assert checked.accepted + checked.rejected == len(records)
    for answer in checked.answers:
        assert (answer.error is None) is (answer.status == "accepted")
    # What goes to Kafka is what was sent, byte for byte.
    assert all(value in body for _, value in checked.messages)


@given(st.binary(max_size=400), TYPES, st.sampled_from(SERVED))
def test_any_bytes_are_judged(body: bytes, kind: str, topic: Topic) -> None:
    _judge(topic, body, kind)


@given(batches(), TYPES)
def test_damaged_records_are_judged(batch: tuple[str, bytes], kind: str) -> None:
    topic = next(topic for topic in SERVED if topic.name == batch[0])
    _judge(topic, batch[1], kind)


@given(st.binary(max_size=200), st.integers(0, 300))
def test_any_gzip_is_unpacked_or_refused(body: bytes, bytes_max: int) -> None:
    for packed in (body, gzip.compress(body), gzip.compress(body)[: len(body) // 2]):
        assert len(_unless((400, 413), partial(gunzip, packed, bytes_max)) or b"") <= bytes_max
    if len(body) <= bytes_max:
        assert gunzip(gzip.compress(body), bytes_max) == body


def test_gzip_may_have_some_members_and_not_very_many() -> None:
    member = gzip.compress(b"a")

    assert gunzip(16 * member, 100) == 16 * b"a"
    with pytest.raises(ApiError, match="more than 16 members"):
        gunzip(17 * member, 100)
    with pytest.raises(ApiError, match="more than 16 members"):
        gunzip(400_000 * gzip.compress(b""), 100)


@pytest.mark.parametrize("number", ["1.10", "0.1", "10.250", "12345678.99", "1e2", '"3.30"'])
def test_numbers_reach_kafka_as_they_were_written(number: str) -> None:
    body = json.dumps([EXAMPLES["bets"][0]]).replace('"10.25"', number)
    arrived = 1793534400000

    checked = Checker(BETS, RULES, 1_048_576).check(split(body.encode(), "", 1000), arrived)

    assert [answer.error for answer in checked.answers] == [None]
    ((key, value),) = checked.messages
    assert key == b"b-1"
    assert f'"stake": {number},'.encode() in value


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(settings(tmp_path_factory.mktemp("home"), api_ack_timeout_ms=50)) as served:
        yield served


def _requires_shape(answer: httpx.Response) -> None:
    # 503: there is no Kafka here for what was valid.
    assert answer.status_code in (400, 413, 415, 422, 503)
    assert answer.json()["error"]["request_id"] == answer.headers["x-request-id"]


@limits(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(batch=batches(), kind=TYPES, raw=st.binary(max_size=100), damaged=st.booleans())
def test_over_http_nothing_breaks(
    api: Served, batch: tuple[str, bytes], kind: str, raw: bytes, damaged: bool
) -> None:
    topic, body = batch
    headers = {"content-type": kind} if kind else {}
    _requires_shape(
        api.allowed.post(f"/v1/{topic}", content=raw if damaged else body, headers=headers)
    )
