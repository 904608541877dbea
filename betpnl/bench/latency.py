"""Scenarios that send a load to the running stack: latency at given rates, and the highest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from betpnl.bench.cluster import cluster
from betpnl.bench.load import load, seed_of
from betpnl.bench.measure import Timing, measure
from betpnl.bench.own import until_running
from betpnl.bench.screen import Screen
from betpnl.bench.search import best, highest
from betpnl.bench.ways import ToApi, Way, to_api, to_kafka, to_mysql
from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack import Endpoints, endpoints, flink_rest

AUTO = "auto"
_EXPECTS = "give rates above 0 and perhaps `auto`, such as --rates 1000,10000,auto"


@dataclass(frozen=True)
class Wish:
    """What to measure. rates: bets a second; highest: also search the highest that holds.

    trial: of each rate that the search tries. load: further options of the load.
    """

    rates: tuple[float, ...]
    highest: bool
    timing: Timing
    trial: Timing
    load: dict[str, Any]
    seed: int | None = None


def rates(text: str) -> tuple[tuple[float, ...], bool]:
    """`1000,10000,auto` as numbers, and whether `auto` is among them. Raises UserError."""
    words = [word.strip() for word in text.split(",")]
    try:
        numbers = tuple(float(word) for word in words if word != AUTO)
    except ValueError:
        raise UserError(f"--rates {text}: {_EXPECTS}.") from None
    if not all(0 < number < float("inf") for number in numbers):
        raise UserError(f"--rates {text}: {_EXPECTS}.")
    return numbers, AUTO in words


def measured(
    settings: Settings,
    found: Endpoints,
    way: Way,
    wish: Wish,
    screen: Screen,
    runs: list[dict[str, Any]],
) -> float | None:
    """Add every run to `runs` as it ends; the highest rate that held, if it was asked for.

    None is tried after a run that the job does not work off.
    """
    held: dict[float, bool] = {}

    def run(rate: float, timing: Timing, *, is_last: bool = False) -> bool:
        screen.clear()
        screen.say("rate", f"{rate:,.0f} bets a second")
        what = load(
            seed=seed_of(None if wish.seed is None else wish.seed + len(runs)),
            rate=rate,
            base_currency=settings.base_currency,
            seconds=timing.length_s,
            **wish.load,
        )
        given = way.at(rate) if isinstance(way, ToApi) else way
        # The next one would begin with the backlog of this one.
        runs.append(measure(settings, found, given, what, timing, screen, work_off=not is_last))
        # A rate that was asked for twice has held when it did so both times.
        held[rate] = held.get(rate, True) and bool(runs[-1]["holds"])
        if runs[-1].get("stuck"):
            raise _StuckError
        return held[rate]

    try:
        for place, rate in enumerate(wish.rates, start=1):
            run(rate, wish.timing, is_last=not wish.highest and place == len(wish.rates))
        if wish.highest:
            return highest(lambda rate: run(round(rate), wish.trial), known=held)
    except _StuckError:
        pass
    return best(held) if wish.highest else None


class _StuckError(Exception):
    """The job counts nothing any more."""


@contextmanager
def way_in(
    settings: Settings, found: Endpoints, *, api: bool, mysql: bool, batch: int
) -> Iterator[Way]:
    """How the bets go in, for the length of the block."""
    if api and mysql:
        raise UserError("Give either --api or --mysql, not both.")
    if mysql:
        yield to_mysql(settings, found)
    elif api:
        with to_api(settings, batch) as way:
            yield way
    else:
        yield to_kafka(settings)


def running_stack(settings: Settings, screen: Screen) -> tuple[Endpoints, dict[str, Any]]:
    """Where the stack answers whose job runs, every task of it, and what Flink says that it has.

    Raises UserError when it does not. A job that was just submitted is waited for; one that
    restarts again and again is refused, and so is one that was submitted with other settings: the
    result would name what was not measured.
    """
    found = endpoints(settings)
    job = flink_rest.live_job(found.flink_rest_url)
    if job is None:
        raise UserError(
            f"No live job runs at {found.flink_rest_url}; submit it with `betpnl submit`."
        )
    until_running(settings, str(job["jid"]), screen)
    runs_with = cluster(found.flink_rest_url, str(job["jid"]))
    for name in ("state_backend", "parallelism", "checkpoint_interval_ms"):
        if (said := runs_with[name]) != getattr(settings, name):
            raise UserError(
                f"The job runs with {name} {said}, and {name} is {getattr(settings, name)} here: "
                "submit it again with the same settings (`betpnl down`, `betpnl up`, "
                "`betpnl submit`), or give those that it has."
            )
    return found, runs_with


def best_line(found: float | None, runs: Sequence[dict[str, Any]]) -> str:
    """What the search found, in a sentence."""
    said = (
        f"None of the {len(runs)} rates that were tried held p99 below a second."
        if found is None
        else f"Highest rate that holds p99 below a second: {found:,.0f} bets a second."
    )
    if runs and runs[-1].get("stuck"):
        said += f" None was tried after {runs[-1]['rate']:,.0f}, at which the job stood still."
    return said
