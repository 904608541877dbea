"""The application on a port, in one process or several, until a signal ends it."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import tempfile
from datetime import UTC, datetime

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from betpnl.api import log, metrics
from betpnl.api.app import create_app
from betpnl.api.connections import Connection
from betpnl.api.token_book import TokenBook
from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack.interrupt import interruptible

_PORT = 8000
_TRIES = 200
_WORDS = {"api": "API"}
_BACKLOG = 2048
# Above the idle time of the usual load balancers, so that it is they who hang up.
_KEEP_ALIVE_S = 75


def listen(settings: Settings) -> socket.socket:
    """A socket on the API's port. Raises UserError when it is taken."""
    return listen_on("api", settings.api_host, settings.api_port, _PORT)


def listen_on(name: str, host: str, port: int, preferred: int) -> socket.socket:
    """A socket on a port, or for 0 on the first free one from `preferred` on.

    name: what the settings `<name>_host` and `<name>_port` begin with. Raises UserError.
    """
    word = _WORDS.get(name, name)
    for each in [port] if port else range(preferred, preferred + _TRIES):
        try:
            return _bound(host, each)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                continue
            raise UserError(
                f"The {word} cannot listen on {host}:{each} ({error}); set "
                f"{name}_host and {name}_port to an address of this machine."
            ) from None
    raise UserError(
        f"Setting {name}_port is {port}, but that port is in use; set another, or 0 to "
        "take a free one."
        if port
        else f"No free port from {preferred} to {preferred + _TRIES - 1}; set {name}_port to one "
        "that is free."
    )


def require_tokens(settings: Settings) -> None:
    """Raises UserError when the network could reach an API that nobody has a token for."""
    if not is_loopback(settings.api_host) and not TokenBook(settings).has_any(datetime.now(UTC)):
        raise UserError(
            f"Setting api_host is {settings.api_host}, which others can reach, but there is no "
            "valid token; make one with `betpnl token add`, or set api_host to 127.0.0.1."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(settings: Settings, app: FastAPI, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is under way."""
    try:
        # uvicorn raises its signal again when all is done.
        with interruptible():
            if settings.api_workers == 1:
                uvicorn.Server(config(settings, app)).run(sockets=[listener])
            else:
                _serve_by_several(settings, listener)
    except KeyboardInterrupt:
        return


def worker_app() -> FastAPI:
    """The application of one of several processes; its settings come by the environment."""
    return create_app(Settings.load())


def _serve_by_several(settings: Settings, listener: socket.socket) -> None:
    with tempfile.TemporaryDirectory(prefix="betpnl-metrics-") as folder:
        os.environ |= {**settings.environment(), metrics.FOLDER_VARIABLE: folder}
        several = config(settings, "betpnl.api.server:worker_app")
        Multiprocess(several, sockets=[listener]).run()


def config(settings: Settings, app: FastAPI | str) -> uvicorn.Config:
    """How uvicorn serves an application, or the one that a factory of this name makes."""
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=settings.api_workers,
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=log.CONFIG,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=settings.api_stop_timeout_s,
    )


def _bound(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        # Only now is the port ours: several may bind it, one may listen.
        bound.listen(_BACKLOG)
    except OSError:
        bound.close()
        raise
    bound.set_inheritable(True)
    return bound
