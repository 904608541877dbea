"""What all viewers are sent: made once, whatever their number.

A frame is JSON, gzipped where that is worth it. Who cannot keep up is not sent every frame late
but, when there is room again, everything as it is then.
"""

from __future__ import annotations

import asyncio
import gzip
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

PENDING_MAX = 40
"""Frames that wait for one viewer; beyond that it begins anew."""

_GZIP_FROM_BYTES = 1000

_encode = msgspec.json.Encoder().encode


def frame(message: dict[str, Any]) -> bytes:
    """A message as it goes over the wire."""
    raw = _encode(message)
    return gzip.compress(raw, 1, mtime=0) if len(raw) >= _GZIP_FROM_BYTES else raw


class Viewer:
    """One who looks on. games: wants the grid's lines, not only the sums over them."""

    def __init__(self, games: bool, everything: Callable[[bool], bytes]) -> None:
        self.games = games
        self._everything = everything
        self._pending: deque[bytes] = deque()
        self._anew = True
        self._news = asyncio.Event()
        self._news.set()

    def put(self, frame: bytes) -> None:
        """One more frame."""
        if self._anew:
            return
        if len(self._pending) >= PENDING_MAX:
            self.begin_anew()
            return
        self._pending.append(frame)
        self._news.set()

    def begin_anew(self) -> None:
        """Next comes everything as it is then."""
        self._pending.clear()
        self._anew = True
        self._news.set()

    @property
    def has_news(self) -> bool:
        """Whether there is something to take."""
        return self._news.is_set()

    async def wait(self) -> None:
        """Return when there is something to take."""
        await self._news.wait()

    def take(self) -> list[bytes]:
        """All that waits, which then waits no longer."""
        frames = [self._everything(self.games)] if self._anew else list(self._pending)
        self._pending.clear()
        self._anew = False
        self._news.clear()
        return frames


class Broadcast:
    """All viewers. Lives in the event loop's thread alone.

    everything: makes the message that a viewer begins with; told whether it wants games.
    """

    def __init__(self, everything: Callable[[bool], dict[str, Any]]) -> None:
        self._make = everything
        self._made: dict[bool, bytes] = {}
        self._viewers: set[Viewer] = set()

    def __len__(self) -> int:
        return len(self._viewers)

    @contextmanager
    def viewing(self, games: bool) -> Iterator[Viewer]:
        """A viewer for as long as the block lasts."""
        viewer = Viewer(games, self._everything)
        self._viewers.add(viewer)
        try:
            yield viewer
        finally:
            self._viewers.discard(viewer)

    def tell(self, top: dict[str, Any], games: dict[str, Any] | None) -> None:
        """top: for all. games: for those who want the grid's lines; None if none changed."""
        self._made.clear()
        if not self._viewers:
            return
        short = frame(top)
        long = frame({**top, **games}) if games and any(v.games for v in self._viewers) else short
        for viewer in self._viewers:
            viewer.put(long if viewer.games else short)

    def _everything(self, games: bool) -> bytes:
        # Many may begin anew at once, as after a restart.
        if games not in self._made:
            self._made[games] = frame(self._make(games))
        return self._made[games]
