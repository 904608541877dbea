"""The page on which a token is shown. Plain HTML: whoever has not logged in gets nothing else."""

from __future__ import annotations

from html import escape
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.responses import HTMLResponse, RedirectResponse, Response

from betpnl.api import log
from betpnl.board.guard import LOGIN
from betpnl.board.login import SESSION_KEY, Door

TRIES_PER_MINUTE = 20

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in - betpnl</title>
<link rel="stylesheet" href="/static/board.css">
<script src="/static/theme.js"></script>
</head>
<body class="login">
<main>
<h1>betpnl</h1>
<form method="post" action="{action}">
<label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<p class="login-problem" role="alert">{problem}</p>
<button type="submit">Log in</button>
<p class="login-help">A token is made with <code>betpnl token add NAME --scope pnl:read</code>;
with <code>--scope limits:write</code> as well it may set limits.</p>
</form>
</main>
</body>
</html>
"""


def router(door: Door) -> APIRouter:
    """The routes `/login` and `/logout`."""
    routes = APIRouter(include_in_schema=False)
    tries = FixedWindowRateLimiter(MemoryStorage())
    limit = RateLimitItemPerMinute(TRIES_PER_MINUTE)

    @routes.get(LOGIN)
    def show(request: Request, next: str = "/") -> Response:  # noqa: A002 - as in the address
        if door.who(request) is not None:
            return RedirectResponse(_inside(next), 303)
        return _page("", next)

    @routes.post(LOGIN)
    def take(
        request: Request,
        token: Annotated[str, Form(max_length=500)] = "",
        next: str = "/",  # noqa: A002 - as in the address
    ) -> Response:
        address = request.client.host if request.client else ""
        if not tries.hit(limit, address):
            return _page("Too many tries; wait a minute.", next, 429)
        found = door.let_in(token)
        if found is None:
            log.write("board_login_refused", address=address)
            return _page("This token is unknown, expired, or may not read PNL.", next, 401)
        request.session.clear()
        request.session[SESSION_KEY] = found.id
        log.write("board_login", client=found.name)
        return RedirectResponse(_inside(next), 303)

    @routes.post("/logout")
    def leave(request: Request) -> Response:
        request.session.clear()
        return RedirectResponse(LOGIN, 303)

    return routes


def _inside(path: str) -> str:
    """A path of ours: never an address that leads elsewhere."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if inside and path.isprintable() else "/"


def _page(problem: str, wanted: str, status: int = 200) -> HTMLResponse:
    action = f"{LOGIN}?next={quote(_inside(wanted), safe='')}"
    return HTMLResponse(
        _PAGE.format(action=escape(action), problem=escape(problem)),
        status,
        headers={"Cache-Control": "no-store"},
    )
