"""The application: routes of our own first, NiceGUI's pages behind them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from nicegui import app as pages_app
from nicegui import ui
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from betpnl import __version__
from betpnl.api import log
from betpnl.board import channel, download, login_page
from betpnl.board.board import Board
from betpnl.board.guard import Guard
from betpnl.board.login import cookie_secret
from betpnl.board.pages import bet, breakdown, curves, game, games, limits
from betpnl.board.sessions import keep_out
from betpnl.monitor.exporter import metrics_page

STATIC = Path(__file__).parent / "static"
_HOUR_S = 3600


def create_app(board: Board) -> FastAPI:
    """The board on FastAPI; NiceGUI keeps its pages process-wide, so once a process."""
    settings = board.settings

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        del app
        board.start()
        keeping = asyncio.create_task(keep_out(board.door))
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await board.close()

    app = FastAPI(title="betpnl", version=__version__, openapi_url=None, lifespan=lifespan)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(login_page.router(board.door))
    app.include_router(channel.router(board))
    app.include_router(download.router(board))

    @app.get("/healthz")
    def healthz() -> Response:
        return PlainTextResponse(f"{__version__}\n")

    @app.get("/metrics")
    def metrics() -> Response:
        return metrics_page(board.monitor)

    for page in (games, game, bet, breakdown, curves, limits):
        page.install(board)
    ui.run_with(
        app,
        title="betpnl",
        favicon=STATIC / "favicon.svg",
        dark=None,
        language="en-US",
        # The cookie is ours, and so is what is compressed.
        gzip_middleware_factory=None,
        show_welcome_message=False,
        tailwind=False,
        reconnect_timeout=20,
    )
    pages_app.on_exception(_logged)
    # The last one added is asked first: the session is read before the guard looks at it.
    app.add_middleware(Guard, door=board.door, host=settings.board_host)
    app.add_middleware(
        SessionMiddleware,
        secret_key=cookie_secret(settings),
        session_cookie="betpnl_board",
        max_age=settings.board_session_h * _HOUR_S,
        same_site="strict",
    )
    return app


def _logged(error: Exception) -> None:
    log.write("board_page_failed", exception=type(error).__name__)
