"""Nothing else than a record or a reason ever comes of a message, whatever it holds."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from betpnl.contract import limits
from betpnl.contract.reading import Rejected, plain_text
from betpnl.contract.topics import TOPICS
from tests.unit.contract_records import ARRIVED_MS, GOOD, READERS, Json


def fits(text: str, length_max: int) -> bool:
    text.encode()
    return len(text) <= length_max and not any(ord(character) < 32 for character in text)


@given(st.text(st.characters(codec=None), max_size=600), st.integers(0, 300))
def test_plain_text_fits_any_column(text: str, length_max: int) -> None:
    assert fits(plain_text(text, length_max), length_max)


def reads_or_rejects(topic: str, message: bytes | None, arrived_ms: int) -> None:
    rejection = "valid"
    try:
        READERS[topic].read(message, arrived_ms)
    except Rejected as rejected:
        rejection = str(rejected)
    assert rejection
    assert fits(rejection, limits.REASON_LENGTH_MAX)


TOPIC_NAMES = st.sampled_from([topic.name for topic in TOPICS])
ARRIVALS = st.one_of(st.just(ARRIVED_MS), st.integers(0, 4_000_000_000_000))


@given(TOPIC_NAMES, st.one_of(st.none(), st.binary(max_size=300)), ARRIVALS)
def test_any_bytes_give_a_record_or_a_reason(
    topic: str, message: bytes | None, arrived_ms: int
) -> None:
    reads_or_rejects(topic, message, arrived_ms)


ABSURD: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        [
            "NaN",
            "sNaN",
            "-Infinity",
            "1e400",
            "1e-400",
            "1e999999999999",
            "-0",
            " 1 ",
            "\ud800",
            "\x00",
            "",
            "2024-05-01T12:00:00+23:59",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59.999999-14:00",
            10**30,
            -(10**30),
            2**63,
            1e308,
            -1e-308,
            [],
            {},
        ]
    ),
    st.recursive(
        st.one_of(
            st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.decimals().map(str)
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)
        ),
        max_leaves=5,
    ),
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for name, inner in value.items():
            found += paths(inner, (*path, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            found += paths(inner, (*path, place))
    return found


def changed_at(record: Json, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Json:
    copy = json.loads(json.dumps(record))
    place = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = change(place[path[-1]])
    return copy  # type: ignore[no-any-return]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, Json]:
    """A good record with up to three of its values replaced by something absurd."""
    topic, record = draw(st.sampled_from(GOOD))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(paths(record)))
        absurd = draw(ABSURD)
        record = changed_at(record, path, lambda _, absurd=absurd: absurd)
    return topic, record


@given(mutated(), ARRIVALS)
def test_any_mutated_record_gives_a_record_or_a_reason(
    topic_and_record: tuple[str, Json], arrived_ms: int
) -> None:
    topic, record = topic_and_record
    reads_or_rejects(topic, json.dumps(record).encode(), arrived_ms)
    raw = json.dumps(record, ensure_ascii=False).encode("utf-8", "surrogatepass")
    reads_or_rejects(topic, raw, arrived_ms)


@given(st.sampled_from(GOOD), st.data())
def test_any_damaged_message_gives_a_record_or_a_reason(
    topic_and_record: tuple[str, Json], data: st.DataObject
) -> None:
    topic, record = topic_and_record
    message = bytearray(json.dumps(record).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        message[data.draw(st.integers(0, len(message) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(message)))
    reads_or_rejects(topic, bytes(message), ARRIVED_MS)
    reads_or_rejects(topic, bytes(message[:cut]), ARRIVED_MS)
