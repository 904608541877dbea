"""What the board's pages share for as long as the process lives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from pymysql.connections import Connection

from betpnl.api.pnl.feed import Feed
from betpnl.api.pnl.pool import Pool, open_reader
from betpnl.board.live import Live
from betpnl.board.login import Door
from betpnl.contract.currencies import minor_units
from betpnl.limits.making import watchdog
from betpnl.monitor.exporter import Monitor
from betpnl.monitor.health import Parts
from betpnl.settings import Settings

T = TypeVar("T")

_KEPT_MAX = 1000


class Board:
    """One a process. Its methods belong to the event loop's thread."""

    def __init__(self, settings: Settings) -> None:
        """Raises UserError for settings that cannot work, never for a service that is away."""
        self.settings = settings
        self.base_minor = minor_units(settings.base_currency)
        self.door = Door(settings)
        self._parts = Parts(settings)
        self.live = Live(
            Feed(lambda: open_reader(settings)), settings.board_interval_ms, self._parts.verdict
        )
        # It asks from a thread of its own, while games come and go in ours.
        self.monitor = Monitor(settings, self._parts, lambda: dict(self.live.games))
        self.limits = watchdog(settings)
        self.live.watchers.append(lambda live: self.limits.on_figures(live.games))
        self._pool: Pool | None = None
        self._task: asyncio.Task[None] | None = None
        self._shared: dict[Hashable, tuple[float, asyncio.Future[Any]]] = {}

    def start(self) -> None:
        """Begin to read; call it with the loop running."""
        self._pool = Pool(self.settings)
        self._parts.start()
        self.monitor.start()
        self._task = asyncio.create_task(self.live.run())
        self.limits.start()

    async def close(self) -> None:
        """End the reading and let go of the connections."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.to_thread(self.limits.close)
        if self._pool is not None:
            self._pool.close()
            self.monitor.stop()
            self._parts.stop()

    async def ask(self, question: Callable[[Connection], T]) -> T:
        """MySQL's answer, within one snapshot, as the user that may only read.

        Raises UnavailableError when there is none now.
        """
        assert self._pool is not None
        return await self._pool.run(question)

    async def shared(
        self, key: Hashable, age_max_s: float, question: Callable[[Connection], T]
    ) -> T:
        """As `ask`, once for all who ask the same within age_max_s. Raises UnavailableError."""
        now_s = time.monotonic()
        known = self._shared.get(key)
        if known is None or (known[1].done() and now_s - known[0] > age_max_s):
            asked = asyncio.ensure_future(self.ask(question))
            asked.add_done_callback(lambda done: done.cancelled() or done.exception())
            known = (now_s, asked)
            self._shared.pop(key, None)
            self._shared[key] = known
            while len(self._shared) > _KEPT_MAX:
                del self._shared[next(iter(self._shared))]
        # One viewer who leaves does not take the answer from the others.
        return cast(T, await asyncio.shield(known[1]))
