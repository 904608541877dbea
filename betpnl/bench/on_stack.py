"""The scenarios on the stack that runs: latency, hot, wide and settle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from betpnl.bench import arguments
from betpnl.bench import settle as settling
from betpnl.bench.alone import alone
from betpnl.bench.arguments import (
    Json,
    Out,
    Patience,
    Rates,
    Seconds,
    Seed,
    Share,
    TrialSeconds,
    Warmup,
)
from betpnl.bench.ending import ended_early, finish, folder
from betpnl.bench.latency import Wish, best_line, measured, rates, running_stack, way_in
from betpnl.bench.measure import Timing
from betpnl.bench.screen import Screen
from betpnl.errors import UserError
from betpnl.settings import Settings

_LEFT = "The bets that went out stay in the stack, and the job goes on with them."


def latency(
    rates_text: Rates = "1000,10000,auto",
    warmup: Warmup = 60,
    seconds: Seconds = 300,
    trial_seconds: TrialSeconds = 60,
    games: Annotated[int, typer.Option(min=1, help="Games side by side.")] = 40,
    speed: Annotated[float, arguments.speed()] = 60,
    api: Annotated[bool, typer.Option("--api", help="Over HTTP, to an API of its own.")] = False,
    mysql: Annotated[
        bool, typer.Option("--mysql", help="Into a table that mysql_source follows.")
    ] = False,
    batch: Annotated[int, typer.Option(min=1, help="Bets in a request of --api.")] = 100,
    poll_ms: Annotated[float, typer.Option(min=1, help="Between two looks at MySQL.")] = 5,
    patience: Patience = 120,
    seed: Seed = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Latency from a bet's planned time until MySQL shows it, at given rates.

    Needs `betpnl up` and `betpnl submit`. A rate holds if every bet is seen, p99 is below a
    second and the backlog does not grow.
    """
    numbers, search = rates(rates_text)
    wish = Wish(
        numbers,
        search,
        Timing(warmup, seconds, patience, poll_ms / 1000),
        Timing(warmup, trial_seconds, patience, poll_ms / 1000),
        {"games": games, "speed": speed},
        seed,
    )
    _on_running_stack("latency", wish, out, as_json, api=api, mysql=mysql, batch=batch)


def hot(
    rates_text: Rates = "10000",
    share: Share = 0.5,
    warmup: Warmup = 60,
    seconds: Seconds = 120,
    trial_seconds: TrialSeconds = 60,
    games: Annotated[int, typer.Option(min=2, help="Games side by side.")] = 40,
    patience: Patience = 120,
    seed: Seed = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """As latency, with half of all bets on one game: one key gets what 40 shared.

    The hot game has not started yet; the others are at every point of their play.
    """
    numbers, search = rates(rates_text)
    # So long that the hot game, which starts last, has its prices all the time.
    game_s = 1.5 * (warmup + max(seconds, trial_seconds))
    wish = Wish(
        numbers,
        search,
        Timing(warmup, seconds, patience),
        Timing(warmup, trial_seconds, patience),
        {"games": games, "game_s": game_s, "hot": share},
        seed,
    )
    _on_running_stack("hot", wish, out, as_json)


def wide(
    rates_text: Rates = "10000",
    games: Annotated[int, typer.Option(min=2, help="Games that are open at once.")] = 100_000,
    warmup: Warmup = 120,
    seconds: Seconds = 120,
    trial_seconds: TrialSeconds = 60,
    patience: Patience = 300,
    seed: Seed = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """As latency, with bets spread over 100,000 games that are all announced at the start.

    Each game has its main market. The warm-up takes in games and odds too, so give it time. Of
    more than 500 games, 500 picked by chance are watched.
    """
    numbers, search = rates(rates_text)
    wish = Wish(
        numbers,
        search,
        Timing(warmup, seconds, patience, poll_s=0.01),
        Timing(warmup, trial_seconds, patience, poll_s=0.01),
        {"games": games, "wide": True},
        seed,
    )
    _on_running_stack("wide", wish, out, as_json)


def settle(
    singles: Annotated[
        int | None, typer.Option(min=1, help="Open singles on the game; 1,000,000 if not given.")
    ] = None,
    accumulators: Annotated[
        int | None,
        typer.Option(min=1, help="Open tickets of three legs with one on it, instead."),
    ] = None,
    rate: Annotated[float, typer.Option(min=1, help="New bets a second meanwhile.")] = 200,
    patience: Annotated[float, typer.Option(min=1, help="Seconds to wait for any step.")] = 1800,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """A game with a million open singles settles while new bets go on on another.

    Needs `betpnl up` and `betpnl submit`, and nobody else who sends bets: what an open bet adds
    to a checkpoint and to the heap is measured too.
    """
    if singles is not None and accumulators is not None:
        raise UserError("Give either --singles or --accumulators, not both.")
    settings = Settings.load()
    wish = settling.Wish(
        accumulators or singles or 1_000_000, accumulators is not None, rate, patience
    )
    files = folder(out, settings)
    with ended_early("settle", settings, [], files, _LEFT), Screen() as screen:
        found, flink = running_stack(settings, screen)
        with alone(settings):
            run = settling.settle(settings, found, wish, screen)
    finish("settle", settings, [run], files, as_json, flink=flink)


def _on_running_stack(
    scenario: str,
    wish: Wish,
    out: Path | None,
    as_json: bool,
    *,
    api: bool = False,
    mysql: bool = False,
    batch: int = 100,
) -> None:
    settings = Settings.load()
    files, runs = folder(out, settings), list[dict[str, Any]]()
    with ended_early(scenario, settings, runs, files, _LEFT), Screen() as screen:
        found, flink = running_stack(settings, screen)
        with (
            alone(settings),
            way_in(settings, found, api=api, mysql=mysql, batch=batch) as way,
        ):
            best = measured(settings, found, way, wish, screen, runs)
    more: dict[str, Any] = {"way": type(way).__name__, "flink": flink}
    if wish.highest:
        more |= {"highest_rate": best, "arithmetic": [best_line(best, runs)]}
    finish(scenario, settings, runs, files, as_json, **more)
