"""One reader for all who listen: it reads while anybody does, and tells each what is new."""

from __future__ import annotations

import asyncio
import secrets
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio
import anyio.to_thread
import msgspec
from pymysql.err import MySQLError

from betpnl.api import log, metrics
from betpnl.api.pnl.answers import GamePnl, time_text
from betpnl.api.pnl.feed import Feed, News
from betpnl.api.pnl.mailbox import Mailbox, Told
from betpnl.api.pnl.pool import why
from betpnl.errors import UserError

SHARE_MAX = 0.2
"""The part of the time that reading may take: on a big book it reads less often. To look at all
games is not part of it: that is rare, and nobody should wait for the next news on its account."""

RETRY_S = 1.0
"""Between two tries while MySQL does not answer."""

REMOVED_MAX = 10_000
"""Removed games that are remembered for listeners that come back."""

_encode = msgspec.json.Encoder().encode


class Hub:
    """Lives in the event loop; a reading has a thread of its own.

    `epoch` and the number of a reading say what a listener has seen: see `resume`.
    """

    def __init__(self, feed: Feed, interval_ms: int) -> None:
        self._feed = feed
        self._interval_s = interval_ms / 1000
        self.epoch = secrets.token_hex(4)
        self._number = 0
        self._as_of = ""
        self._told: dict[str, Told] = {}
        self._removed: dict[str, int] = {}
        # Whoever has seen less than this reading cannot be told exactly what is new.
        self._floor = 0
        self._fresh = False
        self._stale = ""
        self._boxes: set[Mailbox] = set()
        self._resuming: dict[Mailbox, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._thread = anyio.CapacityLimiter(1)

    @contextmanager
    def listening(
        self, wanted: Callable[[GamePnl], bool], resume: int | None = None
    ) -> Iterator[Mailbox]:
        """A mailbox that fills while the block lasts.

        It begins with all games wanted; or, when `resume` is the number of a reading of this
        epoch that is not too long ago, with all that came after it.
        """
        box = Mailbox(wanted)
        if resume is not None and self._floor <= resume <= self._number:
            self._resuming[box] = resume
        self._boxes.add(box)
        metrics.STREAMS.inc()
        if not self.is_reading:
            self._task = asyncio.create_task(self._run())
        elif self._fresh:
            self._prime(box)
        elif self._stale:
            box.put_stale(self._stale, self._as_of)
        try:
            yield box
        finally:
            metrics.STREAMS.dec()
            self._boxes.discard(box)
            self._resuming.pop(box, None)

    @property
    def is_reading(self) -> bool:
        """Whether somebody listens, or did a moment ago."""
        return self._task is not None and not self._task.done()

    async def close(self) -> None:
        """End the reading."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._feed.close()

    async def _run(self) -> None:
        # After a pause everything is looked at, for so long nobody did.
        whole = True
        try:
            while self._boxes:
                began_s = time.monotonic()
                news = await self._read(whole)
                took_s = time.monotonic() - began_s
                if news is None:
                    await asyncio.sleep(RETRY_S)
                    continue
                whole = False
                share = 1 if news.whole else SHARE_MAX
                await asyncio.sleep(max(self._interval_s, took_s / share) - took_s)
        finally:
            # Whoever comes next is told anew how it is then.
            self._fresh, self._stale = False, ""

    async def _read(self, whole: bool) -> News | None:
        """One reading, told to everybody; None if it failed."""
        try:
            metrics.STREAM_READINGS.inc()
            news = await anyio.to_thread.run_sync(self._feed.read, whole, limiter=self._thread)
        except (UserError, MySQLError, OSError) as error:
            self._tell_stale(str(why(error)))
            return None
        except Exception as error:
            # Whoever listens must know that nothing comes any more; the next reading may.
            frames = traceback.format_tb(error.__traceback__)[-4:]
            log.write("stream_failed", exception=type(error).__name__, frames=frames)
            self._tell_stale("Reading what changed failed.")
            return None
        self._tell(news)
        return news

    def _tell_stale(self, reason: str) -> None:
        if self._fresh or self._stale != reason:
            log.write("stream_stale", reason=reason)
            self._fresh, self._stale = False, reason
            for box in self._boxes:
                box.put_stale(reason, self._as_of)

    def _tell(self, news: News) -> None:
        self._fresh, self._stale = True, ""
        self._as_of = time_text(news.as_of)
        changes: list[tuple[Told | None, Told | None]] = []
        if news.changed or news.gone:
            self._number += 1
        for game in news.changed:
            told = Told(game, self._number, _encode(game))
            changes.append((self._told.get(game.game_id), told))
            self._told[game.game_id] = told
            self._removed.pop(game.game_id, None)
        for game_id in news.gone:
            before = self._told.pop(game_id, None)
            changes.append((before, None))
            self._removed[game_id] = self._number
        for game_id in news.past:
            past = self._told.pop(game_id, None)
            if past is not None:
                self._floor = max(self._floor, past.number)
        while len(self._removed) > REMOVED_MAX:
            self._floor = max(self._floor, self._removed.pop(next(iter(self._removed))))
        for box in self._boxes:
            if box.primed:
                box.put(changes, self._number, self._as_of)
            else:
                self._prime(box)

    def _prime(self, box: Mailbox) -> None:
        seen = self._resuming.pop(box, None)
        if seen is None or seen < self._floor:
            box.put_all(self._told.values(), self._number, self._as_of)
            return
        newer = [told for told in self._told.values() if told.number > seen]
        removed = [game_id for game_id, number in self._removed.items() if number > seen]
        box.put_since(newer, removed, self._number, self._as_of)
