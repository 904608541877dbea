"""The OpenAPI document: the framework's paths, and schemas made from the records themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from betpnl.contract.schema import numbers_too

Json = dict[str, Any]
_PLACE = "#/components/schemas/{name}"
_TEXT = """Bets, results, odds and games in; profit and loss out.

Every error has the same shape. Every answer has an `X-Request-ID`: yours, if you sent a short one,
else one that was made up."""


class Error(msgspec.Struct, frozen=True):
    """What went wrong. code: for programs. field: the part of the request that it is about."""

    code: str
    message: str
    field: str
    request_id: str


class ErrorAnswer(msgspec.Struct, frozen=True):
    """The one shape of errors."""

    error: Error


def reference(record_type: type[Any]) -> Json:
    """A reference to a type's schema."""
    return {"$ref": _PLACE.format(name=record_type.__name__)}


def error_response(said: str, *, retry: bool = False) -> Json:
    """An answer that is an error. retry: it says when to try again."""
    response: Json = {
        "description": said,
        "content": {"application/json": {"schema": reference(ErrorAnswer)}},
    }
    if retry:
        response["headers"] = {
            "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}
        }
    return response


ALWAYS: dict[int | str, Json] = {
    431: error_response("The header is too large."),
    500: error_response("A fault of ours; tell us the request id."),
}
"""What every endpoint may answer."""

LOCKED: dict[int | str, Json] = {
    401: error_response("There is no token, or it is unknown, revoked or expired."),
    403: error_response("The token lacks the scope."),
}
"""What every endpoint behind a token may answer."""


def install(
    app: FastAPI, types: list[type[Any]], examples: Mapping[str, Json] | None = None
) -> None:
    """Describe the app, with the schemas of these types among its components.

    examples: of answers, by their type's name. The framework leaves out what is null in its own.
    """

    def document() -> Json:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title, version=app.version, description=_TEXT, routes=app.routes
            )
            _, schemas = msgspec.json.schema_components(types, ref_template=_PLACE)
            made.setdefault("components", {}).setdefault("schemas", {}).update(numbers_too(schemas))
            _illustrate(made, examples or {})
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _illustrate(document: Json, examples: Mapping[str, Json]) -> None:
    for path in document["paths"].values():
        for operation in path.values():
            content = operation["responses"].get("200", {}).get("content", {})
            answer = content.get("application/json", {})
            name = answer.get("schema", {}).get("$ref", "").rpartition("/")[2]
            if name in examples:
                answer["example"] = examples[name]
