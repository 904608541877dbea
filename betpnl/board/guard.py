"""What stands before every request: is it meant for us, does it come from our own pages, and may
whoever sends it look on."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from betpnl.board.login import Door

LOGIN = "/login"
_OPEN = (LOGIN, "/healthz", "/favicon.ico")
_OPEN_FOLDER = "/static/"
_BACKGROUND = "/_nicegui_ws/"
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_OURS = ("localhost", "127.0.0.1", "::1")
# Vue compiles its templates in the browser, and NiceGUI starts its pages by an inline script.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


class Guard:
    """ASGI middleware, within the one that reads the session. Turns away WebSockets too."""

    def __init__(self, app: ASGIApp, door: Door, host: str) -> None:
        self._app = app
        self._door = door
        self._hosts = {*_OURS, host.lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refused = self._refusal(HTTPConnection(scope))
        if scope["type"] == "websocket":
            if refused is not None:
                await send({"type": "websocket.close", "code": 1008})
                return
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await (refused or self._app)(scope, receive, with_headers)

    def _refusal(self, connection: HTTPConnection) -> Response | None:
        scope = connection.scope
        host = connection.headers.get("host", "")
        # Without a login, a page of another name that leads here could read everything.
        if not self._door.is_locked and _name(host) not in self._hosts:
            return PlainTextResponse("This name does not lead to the board.\n", 421)
        origin = connection.headers.get("origin")
        path: str = scope["path"]
        # What NiceGUI's pages ask for in the background would let any site read the answer.
        checked = (
            scope["type"] == "websocket"
            or scope["method"] not in _SAFE_METHODS
            or path.startswith(_BACKGROUND)
        )
        if checked and origin is not None and urlsplit(origin).netloc != host:
            return PlainTextResponse("This comes from another site's page.\n", 403)
        if path in _OPEN or path.startswith(_OPEN_FOLDER) or self._door.who(connection):
            return None
        if scope["type"] == "http" and "text/html" in connection.headers.get("accept", ""):
            query = scope["query_string"].decode("latin-1")
            wanted = f"{path}?{query}" if query else path
            return RedirectResponse(f"{LOGIN}?next={quote(wanted, safe='')}", 303)
        return PlainTextResponse("Log in first, or send a token.\n", 401)


def _name(host: str) -> str:
    """A Host header's name without its port."""
    return (urlsplit(f"//{host}").hostname or "").lower()
