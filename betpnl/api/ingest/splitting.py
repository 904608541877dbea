"""From a body to its records, each with the very bytes that were sent."""

from __future__ import annotations

import msgspec

from betpnl.api.errors import ApiError

NDJSON_TYPES = ("application/x-ndjson", "application/jsonl")
_BLANK = b" \t\r\n"
_MANY = msgspec.json.Decoder(list[msgspec.Raw])
_ONE = msgspec.json.Decoder(msgspec.Raw)


def split(body: bytes, content_type: str) -> list[bytes]:
    """The records of a body: lines of NDJSON, else the items of an array, else one object.

    Numbers are never decoded here, so none is rounded. Raises ApiError for a body that is no
    JSON; of NDJSON each line is judged on its own.
    """
    if content_type.partition(";")[0].strip().lower() in NDJSON_TYPES:
        return [line for line in (part.strip(_BLANK) for part in body.split(b"\n")) if line]
    body = body.strip(_BLANK)
    if not body:
        return []
    try:
        if body.startswith(b"["):
            return [bytes(raw) for raw in _MANY.decode(body)]
        _ONE.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ApiError(
            400,
            "malformed_json",
            f"The body is no JSON: {error}. Send an object, an array of objects, or one object a "
            f"line as {NDJSON_TYPES[0]}.",
        ) from None
    return [body]
