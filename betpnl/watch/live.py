"""Shows a reader's state until told to stop: on a screen, or line by line into a file."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from rich.console import Console
from rich.live import Live

from betpnl.watch import plain
from betpnl.watch.reader import Reader
from betpnl.watch.screen import Frame, picture

# The ages on the screen move without new readings.
_TICK_S = 0.25


def show(
    reader: Reader,
    console: Console,
    frame: Callable[[], Frame],
    stop: Callable[[], bool],
    line_every_s: float,
) -> None:
    """Return when `stop` says so; KeyboardInterrupt goes through.

    frame: asked before each picture. line_every_s: between two lines when there is no terminal.
    The last picture stays on the terminal.
    """
    if console.is_terminal:
        _on_screen(reader, console, frame, stop)
    else:
        _in_lines(reader, console, frame, stop, line_every_s)


def _on_screen(
    reader: Reader, console: Console, frame: Callable[[], Frame], stop: Callable[[], bool]
) -> None:
    try:
        with Live(console=console, screen=True, auto_refresh=False) as live:
            while not stop():
                width, height = console.size
                live.update(
                    picture(reader.state, frame(), time.monotonic(), width, height), refresh=True
                )
                reader.wait(_TICK_S)
    finally:
        width, height = console.size
        last = replace(frame(), footer=())
        console.print(picture(reader.state, last, time.monotonic(), width, height))


def _in_lines(
    reader: Reader,
    console: Console,
    frame: Callable[[], Frame],
    stop: Callable[[], bool],
    line_every_s: float,
) -> None:
    said_s = -line_every_s
    while not stop():
        reader.wait(_TICK_S)
        now_s = time.monotonic()
        if now_s - said_s >= line_every_s and (reader.state.reading or reader.state.problem):
            said_s = now_s
            text = plain.line(reader.state, frame().money, now_s)
            console.print(text, highlight=False, soft_wrap=True, markup=False)
