"""What `betpnl pull` shows: a table that moves, or lines in a log. Never a record's contents."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from betpnl.pull.puller import Clock
from betpnl.pull.state import State

_TICK_S = 0.25
_COUNTS_EVERY_S = 10.0
_COLOURS = {"waiting": "yellow", "failed": "red", "reading": "cyan"}


class Screen:
    """Shows the states of all pulls until it is told to end."""

    def __init__(self, console: Console, states: Sequence[State], clock: Clock) -> None:
        self._console, self._states, self._clock = console, states, clock
        self._lines = Lines(states)

    async def show(self, end: asyncio.Event) -> None:
        """Returns after `end` is set, with the last of it shown."""
        if self._console.is_terminal:
            with Live(self.table(), console=self._console, auto_refresh=False) as live:
                while not await _set(end):
                    live.update(self.table(), refresh=True)
                live.update(self.table(), refresh=True)
            return
        while not await _set(end):
            self._print(self._lines.due(self._clock.now_s()))
        self._print(self._lines.due(self._clock.now_s(), last=True))

    def table(self) -> Table:
        """The states as a table."""
        table = Table("Pull", "Topic", box=None)
        for name in ("Read", "Published", "Unchanged", "Invalid"):
            table.add_column(name, justify="right")
        table.add_column("State")
        for each in self._states:
            counts = (each.read, each.published, each.unchanged, each.invalid)
            said = Text(self._said(each), style=_COLOURS.get(each.phase, ""))
            table.add_row(each.name, each.topic, *(f"{count:,}" for count in counts), said)
        return table

    def _said(self, state: State) -> str:
        said = f"{state.phase}: {state.text}" if state.text else state.phase
        left_s = state.until_s - self._clock.now_s()
        return f"{said}; again in {left_s:,.0f} s" if _waits(state) and left_s >= 1 else said

    def _print(self, lines: list[str]) -> None:
        for line in lines:
            self._console.print(line, highlight=False, soft_wrap=True, markup=False)


class Lines:
    """Lines for a log: each change of what is wrong at once, counts now and then."""

    def __init__(self, states: Sequence[State]) -> None:
        self._states = states
        self._wrong = [""] * len(states)
        self._counts = [state.counts() for state in states]
        self._counted_s = 0.0

    def due(self, now_s: float, *, last: bool = False) -> list[str]:
        """The lines that are due. last: the counts too, whenever they were told."""
        lines = []
        counts_due = last or now_s - self._counted_s >= _COUNTS_EVERY_S
        for at, state in enumerate(self._states):
            wrong = state.text
            if wrong != self._wrong[at]:
                self._wrong[at] = wrong
                lines.append(
                    f"{state.name}: {state.phase}: {wrong}" if wrong else f"{state.name}: goes on"
                )
            counts = state.counts()
            if counts_due and (last or counts != self._counts[at]):
                self._counts[at] = counts
                lines.append(f"{state.name}: {state.phase}, {counts}")
        if counts_due:
            self._counted_s = now_s
        at_ = datetime.fromtimestamp(now_s, UTC).isoformat(timespec="seconds")
        return [f"{at_.removesuffix('+00:00')}Z {line}" for line in lines]


def _waits(state: State) -> bool:
    return state.phase in ("waiting", "at the end")


async def _set(end: asyncio.Event) -> bool:
    """Whether it is set now, or within a tick."""
    try:
        async with asyncio.timeout(_TICK_S):
            await end.wait()
    except TimeoutError:
        return False
    return True
