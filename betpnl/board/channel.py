"""The WebSocket on which a page gets what is new."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import anyio
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from betpnl.board.board import Board
from betpnl.board.broadcast import Viewer

PATH = "/live"
STANDING_EVERY_S = 2.0
"""How often it is asked whether a viewer may still look on."""

LOGGED_OUT = 4401
FULL = 4503
# A viewer that takes nothing for so long has gone.
_SEND_TIMEOUT_S = 30


def router(board: Board) -> APIRouter:
    """The route `/live`; `?games=1` for the grid's lines as well."""
    routes = APIRouter()

    @routes.websocket(PATH)
    async def live(socket: WebSocket, games: int = 0) -> None:
        await socket.accept()
        if len(board.live.broadcast) >= board.settings.board_viewers_max:
            await socket.close(FULL, "As many viewers as there may be (board_viewers_max).")
            return
        with board.live.broadcast.viewing(bool(games)) as viewer:
            sending = asyncio.create_task(_send(board, socket, viewer))
            try:
                # Nothing is expected from a page but that it goes away.
                with suppress(WebSocketDisconnect):
                    while not sending.done():
                        receiving = asyncio.create_task(socket.receive_text())
                        await asyncio.wait(
                            {sending, receiving}, return_when=asyncio.FIRST_COMPLETED
                        )
                        if not receiving.done():
                            receiving.cancel()
                            break
                        receiving.result()
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    return routes


async def _send(board: Board, socket: WebSocket, viewer: Viewer) -> None:
    try:
        while True:
            with anyio.move_on_after(STANDING_EVERY_S):
                await viewer.wait()
            if board.door.who(socket) is None:
                await socket.close(LOGGED_OUT, "The session has ended.")
                return
            for frame in viewer.take() if viewer.has_news else []:
                with anyio.fail_after(_SEND_TIMEOUT_S):
                    await socket.send_bytes(frame)
    except TimeoutError:
        await socket.close()
    except (WebSocketDisconnect, RuntimeError):
        # It went away while something was being sent to it.
        return
