"""How a body falls into records, and that a body of many tiny ones does not take long."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.api.errors import ApiError
from betpnl.api.ingest.splitting import NDJSON_TYPES, split

ARRAY, LINES = "application/json", NDJSON_TYPES[0]
ITEMS = st.lists(st.sampled_from([b"1", b'"a,b]"', b"[1, 2]", b'{"a": [1,2], "b": 3}']))
MANY = 200_000


@given(ITEMS, st.integers(1, 8), st.sampled_from([b",", b" ,\n "]))
def test_an_array_gives_its_items_and_at_most_one_too_many(
    items: list[bytes], records_max: int, between: bytes
) -> None:
    body = b" [" + between.join(items) + b"] "

    assert split(body, ARRAY, records_max) == items[: records_max + 1]


@given(st.lists(st.sampled_from([b"1", b"{ }", b"", b" \t", b"\r"])), st.integers(1, 8))
def test_lines_that_are_blank_are_none(lines: list[bytes], records_max: int) -> None:
    body = b"\r\n".join(b" " + line + b"\t" for line in lines)

    records = [line.strip() for line in lines if line.strip()]
    assert split(body, LINES, records_max) == records[: records_max + 1]


@pytest.mark.parametrize(
    ("body", "kind", "records"),
    [
        (b"[" + b"1," * MANY + b"1]", ARRAY, 101),
        (b"[" + b"{}," * MANY + b"{}]", ARRAY, 101),
        (b"1\n" * MANY, LINES, 101),
        (b"\n" * MANY, LINES, 0),
        (b" \r\n" * MANY + b"1", LINES, 1),
    ],
)
def test_what_is_one_too_many_is_the_last_that_is_split(
    body: bytes, kind: str, records: int
) -> None:
    split(body, kind, 100)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        assert len(split(body, kind, 100)) == records
        taken = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()

    # Each record that is split off is an object of 33 bytes or more; the body may be copied once.
    assert taken < len(body) + 1000 * 33


def test_an_array_that_is_broken_behind_the_last_that_is_split_is_no_json() -> None:
    with pytest.raises(ApiError, match="no JSON"):
        split(b"[" + b"1," * 100 + b"]", ARRAY, 10)
