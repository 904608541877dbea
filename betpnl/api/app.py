"""The application: which routes it serves is a setting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI

from betpnl import __version__
from betpnl.api import docs_page, errors, health, openapi
from betpnl.api.connections import STATE, ConnectionLimits
from betpnl.api.ingest import routes as ingest_routes
from betpnl.api.ingest.service import SERVED, BatchAnswer, Ingest
from betpnl.api.openapi import ALWAYS, LOCKED, ErrorAnswer
from betpnl.api.pnl import examples as pnl_examples
from betpnl.api.pnl import routes as pnl_routes
from betpnl.api.requests import Requests
from betpnl.api.stopping import Stopping
from betpnl.api.token_book import TokenBook
from betpnl.settings import Settings
from betpnl.stack.resolve import kafka_bootstrap


def create_app(settings: Settings) -> FastAPI:
    """The API as `settings` want it.

    `app.state` has `settings`, `tokens`, `readiness` and, while it runs, `ingest`. Raises
    UserError for settings that cannot work, never for a service that is away.
    """
    app = FastAPI(
        title="betpnl",
        version=__version__,
        # Their pages fetch scripts from elsewhere; `docs_page` has one that does not.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=ALWAYS,
        lifespan=_lifespan,
    )
    book = TokenBook(settings)
    stopping = Stopping(settings.api_drain_s)
    app.state.settings, app.state.tokens, app.state.stopping = settings, book, stopping
    readiness: health.Readiness = {
        "stopping": stopping.problem,
        "tokens": lambda: "" if book.has_any(datetime.now(UTC)) else "nobody has a token",
    }
    app.state.readiness = readiness
    types: list[type[Any]] = [ErrorAnswer]
    errors.install(app)
    app.add_middleware(Requests)
    app.include_router(health.router)
    app.include_router(docs_page.router)
    if settings.api_serves in ("all", "ingest"):
        app.state.bootstrap = kafka_bootstrap(settings)
        readiness["kafka"] = lambda: app.state.ingest.problem
        app.include_router(ingest_routes.router, responses=LOCKED)
        types += [BatchAnswer, *(topic.record_type for topic in SERVED)]
    if settings.api_serves in ("all", "pnl"):
        app.include_router(pnl_routes.router, responses=LOCKED)
        types += pnl_routes.TYPES
    openapi.install(app, types, pnl_examples.ANSWERS)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    settings: Settings = app.state.settings
    ingest = Ingest(settings, app.state.bootstrap) if hasattr(app.state, "bootstrap") else None
    app.state.ingest = ingest
    try:
        with app.state.stopping.heard():
            yield {STATE: ConnectionLimits.of(settings)}
    finally:
        if ingest is not None:
            ingest.close(settings.api_stop_timeout_s)
