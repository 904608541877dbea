"""`betpnl demo`: services, job, bets on real games, and the table that moves."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Annotated

import typer
from rich.console import Console

from betpnl import stack
from betpnl.demo.play import Play, Wish
from betpnl.demo.steps import Steps
from betpnl.errors import UserError
from betpnl.settings import Settings

INTERRUPTED = 130


def demo(
    seconds: Annotated[
        float | None,
        typer.Option(
            min=1,
            envvar="DEMO_SECONDS",
            help="Take bets for this long, then prove that each is accounted for and end. "
            "Without it: until Ctrl-C, an hour at most.",
        ),
    ] = None,
    rate: Annotated[float, typer.Option(help="Bets a second.")] = 300,
    games: Annotated[int, typer.Option(help="Games side by side.")] = 40,
    game_seconds: Annotated[float, typer.Option(help="Length of each game.")] = 90,
    seed: Annotated[
        int | None, typer.Option(help="Same seed, same games and bets, under other ids.")
    ] = None,
) -> None:
    """Start everything, send bets on real games, and watch the PNL of each game move.

    Data stay: the next demo goes on where this one stopped, with new games.
    """
    began_s = time.monotonic()
    settings = Settings.load()
    _refuse_elsewhere(settings)
    console = Console()
    wish = Wish(seconds, rate, games, game_seconds, seed)
    with closing(Steps(console)) as steps:
        try:
            with stack.running(settings, also=["board"], report=steps.report) as found:
                code = Play(settings, found, console, steps, began_s).run(wish)
        except KeyboardInterrupt:
            steps.close()
            console.print("Stopped before the end.")
            code = INTERRUPTED
    raise typer.Exit(code)


def _refuse_elsewhere(settings: Settings) -> None:
    """Made-up bets belong in services of our own. Raises UserError where others are set."""
    for name in ("mysql_url", "kafka_bootstrap", "flink_rest_url"):
        if getattr(settings, name):
            raise UserError(
                f"The demo sends made-up bets, so it uses only services that it starts itself; "
                f"unset {name}, or use `betpnl submit` and `betpnl replay` on those you named."
            )
