"""Follows one list: fetch a page, publish it, wait for Kafka, remember the place, go on."""

from __future__ import annotations

import asyncio
import sqlite3
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from betpnl.contract.topics import Topic
from betpnl.pull.faults import Fault
from betpnl.pull.fetch import Answer, Fetcher
from betpnl.pull.loading import Pull
from betpnl.pull.outgoing import Maker, Outgoing
from betpnl.pull.paging import Ask, Page, Step, Walk, walk
from betpnl.pull.place import Store
from betpnl.pull.state import Phase, State
from betpnl.pull.waits import Waits

T = TypeVar("T")
Deliver = Callable[[Topic, Sequence[tuple[bytes, bytes]]], Awaitable[None]]
"""Writes a batch to Kafka and waits until all replicas have it. Raises Fault."""

# Other lists get a turn after so many records.
_TURN_RECORDS = 500


class Clock(Protocol):
    """Tells the time and waits."""

    def now_s(self) -> float:
        """Seconds since 1970."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class StoppedError(Exception):
    """The user wants an end."""


class Puller:
    """Follows the list of one file until it is stopped, whatever goes wrong meanwhile."""

    def __init__(
        self,
        pull: Pull,
        store: Store,
        fetcher: Fetcher,
        maker: Maker,
        deliver: Deliver,
        clock: Clock,
        stop: asyncio.Event,
        state: State,
        *,
        once: bool = False,
    ) -> None:
        """once: end where the list ends, and at a fault that somebody has to mend."""
        self._pull, self._store, self._fetcher, self._maker = pull, store, fetcher, maker
        self._deliver, self._clock, self._stop, self._once = deliver, clock, stop, once
        self._state = state
        self._walk = walk_of(pull, fetcher.secret_parameter)
        # Whether the next end has all that was there when this began; unknown before the start.
        self._whole: bool | None = None

    async def run(self) -> None:
        """Returns at the end, with the state `stopped`, `done` or `failed`."""
        retrying = AsyncRetrying(
            wait=Waits(self._pull.file.limits),
            retry=retry_if_exception_type(Fault),
            stop=self._gives_up,
            sleep=self._pause,
            before_sleep=self._note,
            reraise=True,
        )
        try:
            async with self._fetcher:
                skipped = False
                while True:
                    step: Step = await retrying(self._guarded_page)
                    self._say("at the end" if step.end else "reading", step.note)
                    if not step.end:
                        skipped = False
                        continue
                    if not self._once:
                        wait_s = max(self._pull.file.poll_s, step.wait_s)
                        self._state.until_s = self._clock.now_s() + wait_s
                        await self._pause(wait_s)
                    elif step.onward and not skipped:
                        # An empty page may have others behind it; two in a row have not.
                        skipped = True
                        continue
                    elif self._whole:
                        self._say("done", step.note)
                        return
                    self._whole, skipped = True, False
        except StoppedError:
            self._say("stopped", "")
        except Fault as fault:
            self._say("failed", str(fault))

    async def _guarded_page(self) -> Step:
        if self._stop.is_set():
            raise StoppedError
        try:
            return await self._page()
        except (Fault, StoppedError):
            raise
        except sqlite3.Error as error:
            raise Fault(f"the place cannot be kept ({error})", slow=True) from error
        except Exception as error:
            # One list's trouble, even one that nobody foresaw, must not end the others. Its text
            # may hold a record, so only its place is told.
            at = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} at {Path(at.filename).name}:{at.lineno}"
            raise Fault(f"an error of our own ({where})", slow=True) from error

    async def _page(self) -> Step:
        place = self._store.place()
        if self._whole is None:
            self._whole = self._walk.begins(place)
        answer = await self._or_stop(self._fetcher.get(self._walk.ask(place)))
        records = records_of(self._pull, answer)
        made = await self._made(records)
        digests = [each.digest for each in made]
        page = page_of(
            answer, records, digests, self._store.first_walks(digests), self._clock.now_s()
        )
        fault = None
        try:
            step = step_of(self._walk, place, page)
        except Fault as found:
            # Its records go out all the same; only the place stays.
            step, fault = Step(place), found
        fresh = {
            digest: each
            for digest, each, first in zip(digests, made, page.first_walks, strict=True)
            if first is None
        }
        # From here on nothing is broken off: the page ends in Kafka and on the disk, or not at all.
        await self._deliver(self._pull.topic, [(each.key, each.value) for each in fresh.values()])
        self._store.save(step.place, digests, self._walk.number(place))
        self._count(made, list(fresh.values()))
        if fault is not None:
            raise fault
        return step

    async def _made(self, records: Sequence[Any]) -> list[Outgoing]:
        made = []
        for count, record in enumerate(records, start=1):
            made.append(self._maker.make(record))
            if count % _TURN_RECORDS == 0:
                await asyncio.sleep(0)
        return made

    async def _pause(self, seconds: float) -> None:
        await self._or_stop(self._clock.sleep(seconds))

    async def _or_stop(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work gives, unless the end is wanted first. Raises StoppedError."""
        task, stop = asyncio.ensure_future(work), asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise StoppedError
            return task.result()
        finally:
            for each in (task, stop):
                each.cancel()
            await asyncio.gather(task, stop, return_exceptions=True)

    def _gives_up(self, retry_state: RetryCallState) -> bool:
        fault: Any = retry_state.outcome.exception() if retry_state.outcome else None
        return self._once and isinstance(fault, Fault) and fault.slow

    def _note(self, retry_state: RetryCallState) -> None:
        assert retry_state.outcome is not None
        fault = retry_state.outcome.exception()
        self._state.until_s = self._clock.now_s() + retry_state.upcoming_sleep
        self._say("waiting", str(fault))

    def _say(self, phase: Phase, text: str) -> None:
        self._state.phase, self._state.text = phase, text

    def _count(self, made: Sequence[Outgoing], fresh: Sequence[Outgoing]) -> None:
        state = self._state
        state.pages += 1
        state.read += len(made)
        state.published += len(fresh)
        state.unchanged += len(made) - len(fresh)
        state.invalid += sum(1 for each in fresh if each.fault)


def walk_of(pull: Pull, secret_parameter: str) -> Walk:
    """The way through a file's list."""
    return walk(pull.file.paging, Ask(pull.file.url, pull.file.params), secret_parameter)


def records_of(pull: Pull, answer: Answer) -> Sequence[Any]:
    """The records of an answer. Raises Fault (slow) when they are not where the file says."""
    if answer.body is None and pull.file.format == "json":
        return []
    if pull.file.records is None:
        return answer.body or []
    try:
        found = pull.file.records.search(answer.body)
    except ValueError as error:
        raise Fault(f"records: {error}", slow=True) from None
    if not isinstance(found, list):
        raise Fault("the answer has no list where `records` says", slow=True)
    return found


def page_of(
    answer: Answer,
    records: Sequence[Any],
    digests: Sequence[bytes],
    first_walks: Sequence[int | None],
    now_s: float,
) -> Page:
    """An answer as its walk sees it."""
    return Page(records, answer.body, answer.url, answer.link, digests, first_walks, now_s)


def step_of(walking: Walk, place: dict[str, Any], page: Page) -> Step:
    """The step after a page. Raises Fault, also where an expression fails on the answer."""
    try:
        return walking.step(place, page)
    except ValueError as error:
        raise Fault(f"paging: {error}", slow=True) from None
