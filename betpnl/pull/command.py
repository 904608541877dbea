"""`betpnl pull`: records from a client's API into Kafka."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from betpnl.deployment import rules
from betpnl.errors import UserError
from betpnl.publisher import Publisher
from betpnl.pull import place
from betpnl.pull.check import check as check_page
from betpnl.pull.check import shown
from betpnl.pull.fetch import Fetcher
from betpnl.pull.loading import Pull, load
from betpnl.pull.outgoing import Maker
from betpnl.pull.puller import Puller, walk_of
from betpnl.pull.screen import Screen
from betpnl.pull.sending import Sending
from betpnl.pull.state import State
from betpnl.settings import Settings
from betpnl.stack.resolve import kafka_bootstrap

# What Kafka's client takes at most, and what it puts around a record.
_CLIENT_BYTES_MAX = 1_000_000
_AROUND_BYTES = 1000
_CLOSE_S = 5.0


class SystemClock:
    """The machine's clock."""

    def now_s(self) -> float:
        """Seconds since 1970."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def pull(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="What to pull, one list a file.")
    ],
    check: Annotated[
        bool,
        typer.Option("--check", help="Fetch one page, show what it becomes, publish nothing."),
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help="Leave at the end of what is there.")
    ] = False,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Forget how far it came, and begin anew.")
    ] = False,
) -> None:
    """Fetch records from a client's HTTP API, page by page, and publish them to Kafka."""
    settings = Settings.load()
    pulls = [load(path) for path in files]
    names = [each.name for each in pulls]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UserError(f'Two of these files are called {twice}; give one of them name = "…".')
    if check:
        raise typer.Exit(_check(settings, pulls))
    publisher = Publisher(kafka_bootstrap(settings), settings.topic_prefix)
    try:
        publisher.require_topics()
        raise typer.Exit(_follow(settings, pulls, publisher, once=once, from_start=from_start))
    finally:
        publisher.close(_CLOSE_S)


def _check(settings: Settings, pulls: list[Pull]) -> int:
    console, invalid = Console(), 0
    for each in pulls:
        fetcher = Fetcher(each, time.time)
        checked = asyncio.run(check_page(each, fetcher, _maker(settings, each)))
        console.print(shown(checked))
        invalid += checked.invalid
    return 1 if invalid else 0


def _follow(
    settings: Settings, pulls: list[Pull], publisher: Publisher, *, once: bool, from_start: bool
) -> int:
    states = [State(each.name, each.topic.name) for each in pulls]
    with ExitStack() as held:
        stores = []
        for each in pulls:
            if from_start:
                place.forget(settings.home, each)
            topic, start = settings.topic_prefix + each.topic.name, walk_of(each, "").start
            stores.append(held.enter_context(place.opened(settings.home, each, topic, start)))
        asyncio.run(_run(settings, pulls, stores, states, publisher, once=once))
    return 1 if any(state.phase == "failed" for state in states) else 0


async def _run(
    settings: Settings,
    pulls: list[Pull],
    stores: list[place.Store],
    states: list[State],
    publisher: Publisher,
    *,
    once: bool,
) -> None:
    clock, stop, end, deliver = SystemClock(), asyncio.Event(), asyncio.Event(), Sending(publisher)
    pullers = [
        Puller(
            each,
            store,
            Fetcher(each, time.time),
            _maker(settings, each),
            deliver,
            clock,
            stop,
            state,
            once=once,
        )
        for each, store, state in zip(pulls, stores, states, strict=True)
    ]
    screen = asyncio.create_task(Screen(Console(), states, clock).show(end))
    with _ended_by_signals(stop):
        try:
            await asyncio.gather(*(puller.run() for puller in pullers))
        finally:
            end.set()
            await screen


@contextmanager
def _ended_by_signals(stop: asyncio.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM set the event; a second one kills."""
    loop = asyncio.get_running_loop()
    numbers = [
        number
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        # As under nohup: who starts it has said what is to be done.
        if signal.getsignal(number) is not signal.SIG_IGN
    ]

    def note() -> None:
        stop.set()
        for number in numbers:
            loop.remove_signal_handler(number)

    for number in numbers:
        loop.add_signal_handler(number, note)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


def _maker(settings: Settings, each: Pull) -> Maker:
    bytes_max = min(settings.kafka_message_bytes_max, _CLIENT_BYTES_MAX) - _AROUND_BYTES
    return Maker(
        each.topic,
        each.file.fields,
        rules(settings),
        lambda: time.time_ns() // 1_000_000,
        max(bytes_max, _AROUND_BYTES),
    )
