"""The scenarios that start services of their own: drain, state and scale."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from betpnl.bench import arguments
from betpnl.bench import drain as draining
from betpnl.bench import scale as scaling
from betpnl.bench import state as growing
from betpnl.bench.arguments import Backend, Home, Json, Out, Seed
from betpnl.bench.ending import ended_early, finish, folder
from betpnl.bench.load import load, seed_of
from betpnl.bench.own import deployment
from betpnl.bench.screen import Screen
from betpnl.errors import UserError
from betpnl.settings import Settings


def drain(
    bets: Annotated[int, typer.Option(min=1, help="Bets in the backlog.")] = 5_000_000,
    games: Annotated[int, typer.Option(min=1, help="Games side by side.")] = 40,
    speed: Annotated[
        float,
        arguments.speed(
            " At 60 games end within the backlog, and most of its bets settle as they are read, as "
            "all results are there; at 1 next to none do."
        ),
    ] = 60,
    bet_rows: Annotated[
        bool, typer.Option(help="With the rows of each bet in MySQL, or the sums alone.")
    ] = True,
    home: Home = None,
    seed: Seed = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """A backlog of five million bets: how fast the job counts what waited for it.

    Starts services of its own, as the job must not run while the backlog is written.
    """
    settings = Settings.load()
    files = folder(out, settings)
    with (
        ended_early("drain", settings, [], files, _left(home)),
        Screen() as screen,
        deployment(settings, home, bets, screen, bet_rows=bet_rows) as ours,
    ):
        what = load(
            seed=seed_of(seed),
            rate=10_000,
            base_currency=ours.base_currency,
            games=games,
            speed=speed,
            bets=bets,
        )
        run = draining.drain(ours, what, screen)
        measured_on = ours
    finish("drain", measured_on, [run], files, as_json)


def state(
    bets: Annotated[int, typer.Option(min=1, help="Open bets in the end.")] = 20_000_000,
    games: Annotated[int, typer.Option(min=1, help="Games that they are on.")] = 1000,
    step: Annotated[int, typer.Option(min=1, help="A rate is taken of so many.")] = 1_000_000,
    backend: Annotated[
        Backend, typer.Option(help="Where the state is kept: rocksdb or hashmap.")
    ] = Backend.ROCKSDB,
    patience: Annotated[
        float, typer.Option(min=1, help="Seconds without a bet counted until it gives up.")
    ] = 300,
    home: Home = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Twenty million open bets on RocksDB: whether the rate holds as state grows.

    Starts services of its own. Takes hours: --bets 2000000 --step 100000 shows the start.
    """
    settings = Settings.load()
    wish = growing.Wish(bets, games, min(step, bets), patience)
    files, runs = folder(out, settings), list[dict[str, Any]]()
    with (
        ended_early("state", settings, runs, files, _left(home)),
        Screen() as screen,
        deployment(settings, home, bets, screen, state_backend=backend.value) as ours,
    ):
        growing.state(ours, wish, screen, runs)
        measured_on = ours
    finish("state", measured_on, runs, files, as_json)


def scale(
    parallelism: Annotated[str, typer.Option(help="Slots of the job, one run each.")] = "1,2,4",
    taskmanagers: Annotated[
        str, typer.Option(help="TaskManagers that they are spread over: 1, 2 or both.")
    ] = "1,2",
    bets: Annotated[int, typer.Option(min=1000, help="Backlog of each run.")] = 500_000,
    games: Annotated[int, typer.Option(min=1, help="Games side by side.")] = 40,
    node_cores: Annotated[
        int, typer.Option(min=1, help="Cores of a node of the cluster to reckon with.")
    ] = 16,
    seed: Seed = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """What each added slot gives, and what 100,000 and a million bets a second would need.

    Each run works off the same backlog on services of its own. Slots beyond the machine's cores
    add nothing, so run it where there are some.
    """
    settings = Settings.load()
    wanted = scaling.cases(
        scaling.numbers(parallelism, "--parallelism"),
        scaling.numbers(taskmanagers, "--taskmanagers", (1, 2)),
    )
    if not wanted:
        raise UserError("Two TaskManagers need a --parallelism of 2 or more.")
    files, runs = folder(out, settings), list[dict[str, Any]]()
    with ended_early("scale", settings, runs, files, _left(None)), Screen() as screen:
        scaling.scale(settings, wanted, bets, games, seed_of(seed), screen, runs)
    more = scaling.summary(runs, node_cores)
    finish("scale", settings, runs, files, as_json, **more)


def _left(home: Path | None) -> str:
    if home is None:
        return "Its services and their data are gone."
    return f"Its services are stopped; their data stay in {home}."
