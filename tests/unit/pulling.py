"""One pull against a server, with a clock that does not wait and a log that is a list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from betpnl.contract.checks import Rules
from betpnl.contract.topics import Topic
from betpnl.pull import place
from betpnl.pull.fetch import Fetcher
from betpnl.pull.file import PullFile
from betpnl.pull.loading import Pull
from betpnl.pull.outgoing import Maker
from betpnl.pull.puller import Puller, walk_of
from betpnl.pull.state import State
from tests.unit.contract_records import ARRIVED_MS

Json = dict[str, Any]
CURSOR: Json = {"kind": "cursor", "parameter": "after", "next": "next"}
RULES = Rules("EUR", bet_horizon_ms=400 * 86_400_000, accepted_ahead_ms=300_000)


def game(number: int, **changes: Any) -> Json:
    """A game of the contract."""
    return {"game_id": f"g{number}", "version": 1, "sport": "football", **changes}


def pull_of(folder: Path, url: str, **changes: Any) -> Pull:
    """A file that follows a list of games by cursor, with changes."""
    values: Json = {
        "topic": "games",
        "url": f"{url}/games",
        "records": "data",
        "paging": CURSOR,
        **changes,
    }
    return Pull("games", folder / "games.toml", PullFile.model_validate(values))


@dataclass
class Clock:
    """Waits take no time; `limit` of them end the run."""

    stop: asyncio.Event
    limit: int
    time_s: float = ARRIVED_MS / 1000
    slept: list[float] = field(default_factory=list)
    on_sleep: Callable[[float], None] = lambda _: None

    def now_s(self) -> float:
        return self.time_s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time_s += seconds
        self.on_sleep(seconds)
        await asyncio.sleep(0)
        if len(self.slept) >= self.limit:
            self.stop.set()


@dataclass
class Run:
    """What a run did. said: each state's text, where it changed."""

    published: list[tuple[bytes, bytes]]
    state: State
    slept: list[float]
    place: Json
    said: list[str]

    @property
    def records(self) -> list[Any]:
        """What was published, decoded."""
        return [msgspec.json.decode(value) for _, value in self.published]


class _Said(State):
    """Keeps every text."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "text" and value:
            self.__dict__.setdefault("said", []).append(value)
        super().__setattr__(name, value)


def run(
    pull: Pull,
    *,
    waits: int = 50,
    once: bool = True,
    deliver: Callable[[Topic, Sequence[tuple[bytes, bytes]]], None] = lambda *_: None,
    on_sleep: Callable[[float], None] = lambda _: None,
) -> Run:
    """Follow a list to its end, or for so many waits. deliver: may raise Fault."""

    async def follow() -> Run:
        published: list[tuple[bytes, bytes]] = []
        stop = asyncio.Event()
        clock = Clock(stop, waits, on_sleep=on_sleep)

        async def sent(topic: Topic, messages: Sequence[tuple[bytes, bytes]]) -> None:
            deliver(topic, messages)
            published.extend(messages)

        fetcher = Fetcher(pull, clock.now_s)
        maker = Maker(pull.topic, pull.file.fields, RULES, lambda: ARRIVED_MS, 1_000_000)
        state = _Said(pull.name, pull.topic.name)
        start = walk_of(pull, "").start
        with place.opened(pull.folder, pull, pull.topic.name, start) as store:
            puller = Puller(pull, store, fetcher, maker, sent, clock, stop, state, once=once)
            await puller.run()
            said = list(getattr(state, "said", []))
            return Run(published, state, clock.slept, store.place(), said)

    return asyncio.run(follow())
