"""Scenarios that send a load to the running stack: latency at given rates, and the highest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from betpnl.bench.load import load, seed_of
from betpnl.bench.measure import Timing, measure
from betpnl.bench.own import until_running
from betpnl.bench.screen import Screen
from betpnl.bench.search import highest
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
    settings: Settings, found: Endpoints, way: Way, wish: Wish, screen: Screen
) -> tuple[list[dict[str, Any]], float | None]:
    """Every run, and the highest rate that held if it was asked for.

    None is tried after a run that the job does not work off.
    """
    runs: list[dict[str, Any]] = []

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
        if runs[-1].get("stuck"):
            raise _StuckError
        return bool(runs[-1]["holds"])

    try:
        known = {
            rate: run(rate, wish.timing, is_last=not wish.highest and place == len(wish.rates))
            for place, rate in enumerate(wish.rates, start=1)
        }
        if wish.highest:
            return runs, highest(lambda rate: run(round(rate), wish.trial), known=known)
    except _StuckError:
        pass
    return runs, None


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


def running_stack(settings: Settings, screen: Screen) -> Endpoints:
    """Where the stack answers whose job runs, every task of it. Raises UserError when it does not.

    A job that was just submitted is waited for; one that restarts again and again is refused, and
    so is one that was submitted with another state_backend or parallelism: the result would name
    what was not measured.
    """
    found = endpoints(settings)
    job = flink_rest.live_job(found.flink_rest_url)
    if job is None:
        raise UserError(
            f"No live job runs at {found.flink_rest_url}; submit it with `betpnl submit`."
        )
    until_running(settings, str(job["jid"]), screen)
    for name, said in _set_in(found.flink_rest_url, str(job["jid"])).items():
        if said != getattr(settings, name):
            raise UserError(
                f"The job runs with {name} {said}, and {name} is {getattr(settings, name)} here: "
                "submit it again with the same settings (`betpnl down`, `betpnl up`, "
                "`betpnl submit`), or give those that it has."
            )
    return found


def _set_in(url: str, job: str) -> dict[str, Any]:
    """What a job was submitted with, by the name of the setting."""
    backend = str(flink_rest.get(url, f"/jobs/{job}/checkpoints/config")["state_backend"])
    config = flink_rest.get(url, f"/jobs/{job}/config")["execution-config"]
    return {
        "state_backend": "rocksdb" if "RocksDB" in backend else "hashmap",
        "parallelism": int(config["job-parallelism"]),
    }


def best_line(best: float | None, runs: Sequence[dict[str, Any]]) -> str:
    """What the search found, in a sentence."""
    if best is None:
        return f"None of the {len(runs)} rates that were tried held p99 below a second."
    return f"Highest rate that holds p99 below a second: {best:,.0f} bets a second."
