"""The board on a port, until a signal ends it."""

from __future__ import annotations

import socket

import uvicorn

from betpnl.api import log
from betpnl.api.server import listen_on
from betpnl.board.app import create_app
from betpnl.board.board import Board
from betpnl.settings import Settings
from betpnl.stack.interrupt import interruptible

PORT = 8050
# Pages stay open for hours; those that are open end with it.
_GOODBYE_S = 2


def listen(settings: Settings) -> socket.socket:
    """A socket on the board's port. Raises UserError when it is taken."""
    return listen_on("board", settings.board_host, settings.board_port, PORT)


def serve(board: Board, listener: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        create_app(board),
        log_config=log.CONFIG,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        # Frames are compressed once for all; a second time for each viewer costs what it saves.
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=_GOODBYE_S,
    )
    try:
        # uvicorn raises its signal again when all is done.
        with interruptible():
            uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        return
