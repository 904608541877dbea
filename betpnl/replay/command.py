"""`betpnl replay`: streams bets on real games into Kafka."""

from __future__ import annotations

import secrets
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer
from rich.console import Console

from betpnl.errors import UserError
from betpnl.games import load_games
from betpnl.replay.clock import SystemClock
from betpnl.replay.http_sink import HttpSink
from betpnl.replay.options import Mix, Options
from betpnl.replay.plan import plan
from betpnl.replay.screen import Screen, summary
from betpnl.replay.sender import run, start_time
from betpnl.replay.sinks import KafkaSink, Nowhere, Sink
from betpnl.settings import Settings
from betpnl.stack.resolve import kafka_bootstrap

_SEEDS = 1_000_000
_MIX = Mix()


def _share(text: str) -> Any:
    return typer.Option(help=f"Share of the bets that are {text}.", rich_help_panel="Kinds of bet")


def replay(
    rate: Annotated[float, typer.Option(help="Bets a second.")] = 100,
    games: Annotated[int, typer.Option(help="Games side by side.")] = 40,
    speed: Annotated[float, typer.Option(help="Minutes of play in a minute.")] = 60,
    game_seconds: Annotated[
        float | None, typer.Option(help="Length of each game in seconds, instead of --speed.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="Take bets for this long, game after game.")
    ] = None,
    bets: Annotated[int | None, typer.Option(help="Stop after this many bets.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Same seed and options, same bets; a new one if not given.")
    ] = None,
    run_label: Annotated[
        str, typer.Option("--run", help="Label that gives the same seed's bets other ids.")
    ] = "",
    sport: Annotated[
        list[str] | None, typer.Option(help="Only this sport; may be given several times.")
    ] = None,
    hot: Annotated[
        float, typer.Option(help="Share of the singles on one game, while it is open.")
    ] = 0.0,
    dry_run: Annotated[bool, typer.Option(help="Make everything, send nothing.")] = False,
    api: Annotated[
        str, typer.Option(help="Send over HTTP to the API at this address, not to Kafka.")
    ] = "",
    token_file: Annotated[
        Path | None, typer.Option(help="File with the API's token, for --api.")
    ] = None,
    accumulators: Annotated[float, _share("accumulators")] = _MIX.accumulators,
    systems: Annotated[
        float, _share("systems, of the accumulators with 3 legs or more")
    ] = _MIX.systems,
    free: Annotated[float, _share("free bets")] = _MIX.free,
    bonus: Annotated[float, _share("staked with bonus money")] = _MIX.bonus,
    rejected: Annotated[float, _share("rejected")] = _MIX.rejected,
    cancelled: Annotated[float, _share("cancelled later")] = _MIX.cancelled,
    amended: Annotated[float, _share("amended later")] = _MIX.amended,
    cashed_part: Annotated[float, _share("cashed out in part")] = _MIX.cashed_part,
    cashed_full: Annotated[float, _share("cashed out in full")] = _MIX.cashed_full,
    duplicates: Annotated[float, _share("sent twice")] = _MIX.duplicates,
    late: Annotated[float, _share("amended, and the old version sent again")] = _MIX.late,
) -> None:
    """Play real games side by side, with bets at the odds of the moment, and send it all."""
    settings = Settings.load()
    options = Options(
        seed=secrets.randbelow(_SEEDS) if seed is None else seed,
        run=run_label,
        rate=rate,
        games=games,
        speed=speed,
        game_s=game_seconds,
        seconds=seconds,
        bets=bets,
        sports=tuple(sport or ()),
        base_currency=settings.base_currency,
        hot=hot,
        mix=Mix(
            accumulators=accumulators,
            systems=systems,
            free=free,
            bonus=bonus,
            rejected=rejected,
            cancelled=cancelled,
            amended=amended,
            cashed_part=cashed_part,
            cashed_full=cashed_full,
            duplicates=duplicates,
            late=late,
        ),
    )
    console = Console()
    sink, arrived = _sink(settings, dry_run, api, token_file)
    every_game = load_games()
    clock = SystemClock()
    planned = plan(options, every_game, start_time(clock))
    with _interrupts() as interrupted, Screen(console, planned) as screen:
        report = run(planned, sink, clock, screen.show, interrupted.is_set)
    console.print(summary(planned, report, arrived=arrived))
    if report.interrupted:
        raise typer.Exit(130)
    if report.delivered < report.sent:
        raise UserError(
            f"{report.sent - report.delivered} of {report.sent} messages did not arrive"
            f"{f' ({report.last_failure})' if report.last_failure else ''}; "
            "see `betpnl status` and send them again with the same --seed and options."
        )


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Turns Ctrl-C into an event, so that nothing is cut off halfway; a second one kills."""
    event = threading.Event()

    def note(number: int, _: FrameType | None) -> None:
        event.set()
        signal.signal(number, previous[signal.Signals(number)])

    numbers = (signal.SIGINT, signal.SIGTERM)
    previous = {number: signal.signal(number, note) for number in numbers}
    try:
        yield event
    finally:
        for number in numbers:
            signal.signal(number, previous[number])


def _sink(settings: Settings, dry_run: bool, api: str, token_file: Path | None) -> tuple[Sink, str]:
    """Where the messages go, and how the summary puts it."""
    if dry_run:
        return Nowhere(), "in a dry run"
    if not api:
        # The replay needs neither MySQL nor Flink.
        return KafkaSink(kafka_bootstrap(settings), settings.topic_prefix), "to Kafka"
    if token_file is None:
        raise UserError("--api needs --token-file: a file with a token of `betpnl token add`.")
    try:
        token = token_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise UserError(f"--token-file {token_file} cannot be read: {error}") from None
    return HttpSink(api, token), "over HTTP"
