"""One shape for every error that the API answers, whoever raised it."""

from __future__ import annotations

import http

import msgspec
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

JSON = "application/json"
_ENCODER = msgspec.json.Encoder()


class ApiError(Exception):
    """An answer that is an error.

    code: a word for programs. message: a sentence for people. field: the part of the request
    that it is about. retry_after_s: when to try again, whole seconds.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str = "",
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.field, self.retry_after_s = field, retry_after_s

    def body(self, request_id: str) -> dict[str, str]:
        """The object that stands under `error`."""
        return {
            "code": self.code,
            "message": self.message,
            "field": self.field,
            "request_id": request_id,
        }

    def headers(self) -> dict[str, str]:
        """What goes with the status: when to try again, or how to log in."""
        if self.status == 401:
            return {"www-authenticate": 'Bearer realm="betpnl"'}
        if self.status == 403:
            return {"www-authenticate": 'Bearer realm="betpnl", error="insufficient_scope"'}
        if self.status == 408:
            return {"connection": "close"}
        return {} if self.retry_after_s is None else {"retry-after": str(self.retry_after_s)}


def request_id(scope: Scope) -> str:
    """The id of a request, as its answer and its line in the log have it."""
    return str(scope.get("state", {}).get("request_id", ""))


def answer(scope: Scope, error: ApiError) -> Response:
    """The error as a response to the request of `scope`."""
    body = _ENCODER.encode({"error": error.body(request_id(scope))})
    return Response(body, error.status, error.headers(), media_type=JSON)


def install(app: FastAPI) -> None:
    """Give the framework's own errors the shape as well."""
    app.add_exception_handler(ApiError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _parameters)


async def _ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return answer(request.scope, error)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = http.HTTPStatus(error.status_code)
    said = answer(
        request.scope,
        ApiError(
            status,
            status.phrase.lower().replace(" ", "_"),
            f"{status.description or status.phrase}.",
        ),
    )
    # Such as Allow, for a method that a path does not take.
    said.headers.update(error.headers or {})
    return said


async def _parameters(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"][1:])
    return answer(
        request.scope, ApiError(422, "invalid_parameter", f"{first['msg']}.", field=field)
    )
