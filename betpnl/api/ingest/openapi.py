"""What the OpenAPI document says of the ways in."""

from __future__ import annotations

from typing import Any

import msgspec

from betpnl.api.ingest.examples import EXAMPLES
from betpnl.api.ingest.splitting import NDJSON_TYPES
from betpnl.api.openapi import error_response, reference
from betpnl.contract.topics import Topic

Json = dict[str, Any]
_SAID = {
    400: "The body is no JSON, or no gzip.",
    408: "The body came too slowly.",
    413: "The body, the batch or the record is larger than may be; the message names the setting.",
    415: "The body is encoded in another way than gzip.",
    429: "More records a second than this client may send.",
    503: "Kafka did not acknowledge, or could not in time. The same batch may be sent again.",
}


def description(topic: Topic) -> str:
    """What an endpoint does, in words."""
    return (
        f"One record, a JSON array of records, or NDJSON; each one a complete snapshot, keyed by "
        f"{', '.join(topic.key_fields)}. The answer comes when all of Kafka's replicas have what "
        "was accepted. Sending the same batch again changes nothing."
    )


def request_body(topic: Topic) -> Json:
    """All three kinds of bodies."""
    one = reference(topic.record_type)
    first, second = EXAMPLES[topic.name]
    lines = "".join(msgspec.json.encode(each).decode() + "\n" for each in (first, second))
    json = {
        "schema": {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]},
        "examples": {
            "one": {"summary": "One record", "value": first},
            "batch": {"summary": "A batch", "value": [first, second]},
        },
    }
    ndjson = {
        "schema": {"type": "string", "description": "One record a line."},
        "examples": {"lines": {"summary": "A record a line", "value": lines}},
    }
    content = {"application/json": json} | dict.fromkeys(NDJSON_TYPES, ndjson)
    return {"requestBody": {"required": True, "content": content}}


def responses(topic: Topic) -> dict[int | str, Json]:
    """What may be answered, with examples."""
    first, second = EXAMPLES[topic.name]
    taken = {"index": 0, "status": "accepted", "key": _key(topic, first)}
    refused = {
        "index": 1,
        "status": "rejected",
        "key": _key(topic, second),
        "error": {"code": "missing", "field": "version", "message": "is missing"},
    }
    error = {
        "code": "all_rejected",
        "message": "No record was accepted; `records` says why.",
        "field": "",
        "request_id": "5f783af0c81ad10d",
    }
    mixed = {"accepted": 1, "rejected": 1, "records": [taken, refused]}
    none = {"accepted": 0, "rejected": 1, "records": [refused | {"index": 0}], "error": error}
    said: dict[int | str, Json] = {
        status: error_response(text, retry=status in (429, 503)) for status, text in _SAID.items()
    }
    return {
        202: _batch(
            "Every record is in Kafka.", {"accepted": 1, "rejected": 0, "records": [taken]}
        ),
        207: _batch("Some are in Kafka; `records` says what is wrong with the others.", mixed),
        422: _batch("None was accepted, or the batch is empty.", none),
        **said,
    }


def _batch(said: str, example: Json) -> Json:
    schema = {"$ref": "#/components/schemas/BatchAnswer"}
    if example.get("error"):
        schema = {"anyOf": [schema, {"$ref": "#/components/schemas/ErrorAnswer"}]}  # type: ignore[dict-item]
    return {
        "description": said,
        "content": {"application/json": {"schema": schema, "example": example}},
    }


def _key(topic: Topic, record: Json) -> dict[str, str]:
    return {name: record.get(name, "") for name in topic.key_fields}
