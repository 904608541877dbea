"""The API on a real port, for tests; Kafka is away unless a test has one."""

from __future__ import annotations

import logging
import logging.config
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvicorn
from fastapi import FastAPI

from betpnl.api import log, server, token_file, tokens
from betpnl.api.app import create_app
from betpnl.api.token_book import file_of
from betpnl.api.tokens import SCOPES, ScopeName
from betpnl.settings import Settings
from tests.waiting import until

NOWHERE = "127.0.0.1:1"


@dataclass
class Served:
    """A running API: a client without a token, and one with all scopes."""

    app: FastAPI
    port: int
    client: httpx.Client
    allowed: httpx.Client
    lines: list[dict[str, Any]]


def settings(home: Path, **values: Any) -> Settings:
    """Settings of an API whose Kafka is away."""
    usual = {"kafka_bootstrap": NOWHERE, "api_ack_timeout_ms": 300, "api_serves": "ingest"}
    return Settings.load(home=home, **{**usual, **values})


def add_token(given: Settings, *scopes: ScopeName, name: str = "acme", **values: Any) -> str:
    """A new token with these scopes, all if none is given."""
    text, kept = tokens.new(name, list(scopes or SCOPES), tokens.utc_now(), **values)
    token_file.add(file_of(given), kept)
    return text


def bearer(token: str) -> dict[str, str]:
    """The header that shows a token."""
    return {"authorization": f"Bearer {token}"}


@contextmanager
def serving(given: Settings, app: FastAPI | None = None) -> Iterator[Served]:
    """The API in a thread of this process, its log kept."""
    app = app or create_app(given)
    token = add_token(given)
    # It sets up the log, so it comes before whoever listens to that.
    running = uvicorn.Server(server.config(given, app))
    with server.listen(given) as listener, logged() as lines:
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        port = listener.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        try:
            until(lambda: running.started, "the API does not start")
            with (
                httpx.Client(base_url=url, timeout=60) as client,
                httpx.Client(base_url=url, timeout=60, headers=bearer(token)) as allowed,
            ):
                yield Served(app, port, client, allowed, lines)
        finally:
            running.should_exit = True
            thread.join()


@contextmanager
def logged() -> Iterator[list[dict[str, Any]]]:
    """The lines of the API's log, as they are written."""
    lines: list[dict[str, Any]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(msgspec.json.decode(self.format(record)))

    handler = Keep()
    handler.setFormatter(log.JsonFormatter())
    logger = logging.getLogger("betpnl.api")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
