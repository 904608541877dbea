"""Pages of those who may look on no longer are closed on the server's side too."""

from __future__ import annotations

import asyncio

from nicegui.client import Client

from betpnl.board.login import Door

EVERY_S = 5.0


async def keep_out(door: Door) -> None:
    """Look at all open pages, for ever. A page goes by itself; who lets it stay gets no more."""
    while door.is_locked:
        await asyncio.sleep(EVERY_S)
        for client in list(Client.instances.values()):
            if client.request is not None and door.who(client.request) is None:
                client.delete()
