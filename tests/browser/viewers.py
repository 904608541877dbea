"""Viewers without a browser: each a WebSocket on the board, as a page has one."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import connect

from tests.waiting import until


@dataclass
class Viewer:
    """What one has been told: how many messages, and the lines as they add up to."""

    messages: int = 0
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def take(self, data: bytes) -> None:
        """One more message."""
        message = json.loads(gzip.decompress(data) if data[:1] == b"\x1f" else data)
        if message["kind"] == "all":
            self.rows = {}
        for row in message.get("rows", ()):
            self.rows.setdefault(row["game_id"], {}).update(row)
        for game_id in message.get("gone", ()):
            self.rows.pop(game_id, None)
        # Last: whoever counts messages finds the lines of the one counted.
        self.messages += 1


@contextmanager
def looking_on(url: str, number: int) -> Iterator[list[Viewer]]:
    """So many viewers, each told everything at least once, for as long as the block lasts."""
    viewers = [Viewer() for _ in range(number)]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    looking = asyncio.run_coroutine_threadsafe(_all(f"ws{url[4:]}/live?games=1", viewers), loop)
    try:
        until(
            lambda: looking.done() or all(viewer.messages for viewer in viewers),
            lambda: f"{sum(not viewer.messages for viewer in viewers)} viewers were told nothing",
        )
        yield viewers
        assert not looking.done(), f"a viewer was sent away: {looking.exception()}"
    finally:
        looking.cancel()
        asyncio.run_coroutine_threadsafe(_idle(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _all(url: str, viewers: list[Viewer]) -> None:
    async with asyncio.TaskGroup() as group:
        for viewer in viewers:
            group.create_task(_look(url, viewer))


async def _look(url: str, viewer: Viewer) -> None:
    async with connect(url, max_size=None) as socket:
        async for data in socket:
            assert isinstance(data, bytes)
            viewer.take(data)


async def _idle() -> None:
    """Return once nothing else runs: whoever was cancelled has said goodbye."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)
