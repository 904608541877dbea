"""From a body to its records, each with the very bytes that were sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import msgspec

from betpnl.api.errors import ApiError

NDJSON_TYPES = ("application/x-ndjson", "application/jsonl")
_BLANK = b" \t\r\n"
_NOT_BLANK = re.compile(rb"[^ \t\r\n]")
_MANY = msgspec.json.Decoder(list[msgspec.Raw])
_ONE = msgspec.json.Decoder(msgspec.Raw)


def split(body: bytes, content_type: str, records_max: int) -> list[bytes]:
    """The records of a body: lines of NDJSON, else the items of an array, else one object.

    At most records_max + 1 of them: the one more says that there are too many, and millions of
    tiny ones would hold up everybody else. Numbers are never decoded here, so none is rounded.
    Raises ApiError for a body that is no JSON; of NDJSON each line is judged on its own.
    """
    if content_type.partition(";")[0].strip().lower() in NDJSON_TYPES:
        return list(islice(_lines(body), records_max + 1))
    body = body.strip(_BLANK)
    if not body:
        return []
    try:
        if body.startswith(b"["):
            return _items(body, records_max)
        _ONE.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ApiError(
            400,
            "malformed_json",
            f"The body is no JSON: {error}. Send an object, an array of objects, or one object a "
            f"line as {NDJSON_TYPES[0]}.",
        ) from None
    return [body]


def _lines(body: bytes) -> Iterator[bytes]:
    start = _NOT_BLANK.search(body)
    while start:
        end = body.find(b"\n", start.start())
        end = len(body) if end < 0 else end
        yield body[start.start() : end].rstrip(_BLANK)
        start = _NOT_BLANK.search(body, end)


def _items(body: bytes, records_max: int) -> list[bytes]:
    # An item and its comma are two bytes at least.
    if len(body) <= 2 * records_max:
        return [bytes(raw) for raw in _MANY.decode(body)]
    first = msgspec.structs.astuple(_first_items(records_max + 1).decode(body))
    return [bytes(raw) for raw in first if raw]


@cache
def _first_items(number: int) -> msgspec.json.Decoder[Any]:
    """Decodes the first items of an array, and only looks whether the others are JSON."""
    fields = [(f"item_{index}", msgspec.Raw, msgspec.Raw()) for index in range(number)]
    return msgspec.json.Decoder(msgspec.defstruct("FirstItems", fields, array_like=True))
