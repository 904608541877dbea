"""`betpnl watch`: games by money at risk, live in the terminal."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from betpnl.contract.currencies import minor_units
from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack import endpoints
from betpnl.watch import plain
from betpnl.watch.board import MysqlBoard
from betpnl.watch.live import show
from betpnl.watch.reader import Reader
from betpnl.watch.screen import Frame, picture
from betpnl.watch.state import State
from betpnl.watch.texts import Money

READ_MAX = 200
"""More games than fit on a terminal; --top may ask for more."""

_ONCE_TOP = 20


def watch(
    interval: Annotated[float, typer.Option(min=0.1, help="Seconds between readings.")] = 1.0,
    top: Annotated[
        int, typer.Option(min=0, max=10_000, help="Most games shown; 0: as many as fit.")
    ] = 0,
    sport: Annotated[str, typer.Option(help="Only this sport, as the games name it.")] = "",
    once: Annotated[bool, typer.Option("--once", help="Print it once and leave.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print it once, as JSON.")] = False,
) -> None:
    """Show the games with most at risk, what they stand at, and how new the figures are."""
    settings = Settings.load()
    money = base_money(settings)
    console = Console()
    # Says so at once when there is nothing to look at; afterwards MySQL may come and go.
    endpoints(settings)
    if once or json_:
        board = MysqlBoard(settings, top or _ONCE_TOP, sport)
        state = State(reading=board.read(), read_s=time.monotonic())
        board.close()
        if json_:
            typer.echo(plain.as_json(state, money))
        else:
            frame = Frame(money, sport, top, footer=())
            console.print(picture(state, frame, time.monotonic(), console.width, None))
        return
    if not console.is_terminal and top:
        raise UserError("--top needs a terminal, or --once: without one only totals are printed.")
    frame = Frame(money, sport, top)
    try:
        with (
            _ended_by_signals(),
            Reader(MysqlBoard(settings, max(READ_MAX, top), sport), interval) as reader,
        ):
            show(reader, console, lambda: frame, lambda: False, line_every_s=interval)
    except KeyboardInterrupt:
        return


def base_money(settings: Settings) -> Money:
    """How amounts of the base currency are written."""
    return Money(settings.base_currency, minor_units(settings.base_currency))


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM and a closed terminal end as Ctrl-C does, and leave the terminal as it was."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
