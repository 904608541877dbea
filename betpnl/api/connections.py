"""Connections within bounds: uvicorn has no timeout for a header and no limit to its length."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from betpnl.api import errors, log
from betpnl.api.errors import ApiError
from betpnl.api.requests import Requests
from betpnl.settings import Settings

STATE = "connection_limits"
"""Under this name the application's lifespan hands the limits to its connections."""

_HEADER_BYTES_MAX = 65_536
# Of the connections too many, those that have not said yet what they want.
_SILENT_MAX = 64
# The application answers first, in its own words; past that, whatever is still sent is cut off.
_GRACE_S = 5.0


@dataclass(frozen=True)
class ConnectionLimits:
    """How patient the server is. connections: how many there may be at a time."""

    header_timeout_s: float
    body_timeout_s: float
    connections: int
    silent: dict[Connection, None] = field(default_factory=dict)
    """Connections too many that have said nothing yet, the oldest first."""

    @classmethod
    def of(cls, settings: Settings) -> ConnectionLimits:
        """The limits that the settings want."""
        return cls(
            settings.api_header_timeout_s,
            settings.api_body_timeout_s,
            settings.api_connections_max,
        )


class Connection(HttpToolsProtocol):
    """One client's connection: uvicorn's, with a deadline for every header and body."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A new connection: its first header is awaited."""
        super().connection_made(transport)
        self._limits: ConnectionLimits = self.app_state[STATE]
        self._deadline: asyncio.TimerHandle | None = None
        self._header_bytes = 0
        self._in_header = True
        silent = self._limits.silent
        if len(self.connections) - len(silent) > self._limits.connections:
            # It alone is turned away, once it has said what it wants; the others stay.
            self.app = _Crowded(self.app)
            silent[self] = None
            if len(silent) > _SILENT_MAX:
                next(iter(silent))._make_room()
        self._await(self._limits.header_timeout_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any longer."""
        self._arrived()
        self._limits.silent.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """More of a header or a body."""
        self._completed = False
        super().data_received(data)
        if not self._in_header or self._completed or self.transport.is_closing():
            return
        if self._deadline is None:
            # Bytes that belong to no request yet, such as empty lines between two.
            self._await(self._limits.header_timeout_s)
        self._header_bytes += len(data)
        if self._header_bytes > _HEADER_BYTES_MAX:
            self._refuse(_header_too_large())

    def on_message_begin(self) -> None:
        """A request's first byte."""
        super().on_message_begin()
        self._in_header = True
        self._await(self._limits.header_timeout_s)

    def on_headers_complete(self) -> None:
        """The header is there; the body is awaited."""
        # A line has a colon, a blank and its end besides.
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > _HEADER_BYTES_MAX:
            # It came in one piece, before anybody could count.
            self._refuse(_header_too_large())
            raise ValueError("the header is too large")
        self._in_header, self._header_bytes = False, 0
        self._limits.silent.pop(self, None)
        self._await(self._limits.body_timeout_s + _GRACE_S)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is there; the next header may take as long as the connection lives."""
        self._arrived()
        self._in_header = self._completed = True
        super().on_message_complete()

    def timeout_keep_alive_handler(self) -> None:
        """Idle for too long; also ends a connection whose client does not read its answer."""
        super().timeout_keep_alive_handler()
        self.loop.call_later(_GRACE_S, self.transport.abort)

    def send_400_response(self, msg: str) -> None:
        """No HTTP: answered in our shape, unless it has been."""
        if not self.transport.is_closing():
            self._refuse(ApiError(400, "malformed_request", msg))

    def _make_room(self) -> None:
        # Whoever speaks at once, as a health check does, is heard however many stay silent.
        del self._limits.silent[self]
        log.write("cut_off", reason="too many connections")
        self.transport.abort()

    def _await(self, seconds: float) -> None:
        self._arrived()
        self._deadline = self.loop.call_later(seconds, self._late)

    def _arrived(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        self._deadline = None
        if self.transport.is_closing():
            return
        if self._in_header and self.cycle and not self.cycle.response_complete:
            # The answer to the request before comes first.
            self._await(self._limits.header_timeout_s)
            return
        if self._in_header and self._header_bytes:
            self._refuse(ApiError(408, "slow_header", "The header took too long."))
            return
        log.write("cut_off", reason="nothing came" if self._in_header else "the body did not end")
        self.transport.abort()

    def _refuse(self, error: ApiError) -> None:
        """Answer without the application, then hang up."""
        request_id = secrets.token_hex(8)
        log.write("refused", request_id=request_id, status=error.status, code=error.code)
        body = msgspec.json.encode({"error": error.body(request_id)})
        status = HTTPStatus(error.status)
        head = (
            f"HTTP/1.1 {status} {status.phrase}\r\ncontent-type: {errors.JSON}\r\n"
            f"content-length: {len(body)}\r\nx-request-id: {request_id}\r\n"
            "connection: close\r\n\r\n"
        )
        self._arrived()
        self.transport.write(head.encode() + body)
        self.transport.close()


class _Crowded:
    """Turns a client away; whether the process lives is still answered: a server that is full is
    healthy, and must not be restarted for it. Either way the connection ends with its answer."""

    def __init__(self, app: Any) -> None:
        self._app, self._busy = app, Requests(_busy)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_last(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["connection"] = "close"
            await send(message)

        lives = scope["type"] == "http" and scope["path"] == "/healthz"
        await (self._app if lives else self._busy)(scope, receive, send_last)


async def _busy(scope: Scope, receive: Receive, send: Send) -> None:
    error = ApiError(503, "too_many_connections", "Too many connections.", retry_after_s=1)
    await errors.answer(scope, error)(scope, receive, send)


def _header_too_large() -> ApiError:
    return ApiError(431, "header_too_large", "The header is too large.")
