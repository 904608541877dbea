"""What every request gets: an id, a line in the log, its place in the metrics, and an answer."""

from __future__ import annotations

import re
import secrets
import time
import traceback

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from betpnl.api import errors, log, metrics
from betpnl.api.errors import ApiError

_HEADER = b"x-request-id"
_SANE_ID = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
_PATH_LENGTH_MAX = 200
# The id of a bet is nobody's business in the log.
_BET_ID = re.compile(r"(?<=/bets/).+", re.DOTALL)


class Requests:
    """Stands around the whole application (pure ASGI).

    `state.request_id` is the id; `state.log` are more fields for the line in the log, such as
    the client's name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs a request; an exception that nobody expected becomes a 500 and a log line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        scope.setdefault("state", {})
        scope["state"] |= {"request_id": request_id, "log": {}}
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                headers["x-content-type-options"] = "nosniff"
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            _log_error(error, request_id)
            if status:
                raise
            failed = ApiError(500, "internal_error", "Something failed here; the log knows more.")
            await errors.answer(scope, failed)(scope, receive, send_with_id)
        finally:
            _note(scope, request_id, status, time.perf_counter() - started)


def _log_error(error: Exception, request_id: str) -> None:
    # Where, but not what it says: that may hold a bet.
    frames = [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-8:]
    ]
    log.write("error", request_id=request_id, exception=type(error).__name__, frames=frames)


def _note(scope: Scope, request_id: str, status: int, took_s: float) -> None:
    route = getattr(scope.get("route"), "path", "")
    metrics.REQUESTS.labels(route or "unknown", status).inc()
    metrics.REQUEST_SECONDS.labels(route or "unknown").observe(took_s)
    log.write(
        "request",
        request_id=request_id,
        method=scope["method"],
        # Without a route, as when there are too many connections, the path may hold one.
        path=route or _BET_ID.sub("...", scope["path"])[:_PATH_LENGTH_MAX],
        status=status,
        ms=round(took_s * 1000, 2),
        **scope["state"]["log"],
    )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == _HEADER and _SANE_ID.fullmatch(value):
            return str(value.decode("ascii"))
    return secrets.token_hex(8)
