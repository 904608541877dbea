"""The same backlog at several parallelisms, on one and on two TaskManagers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from typing import Any

from betpnl.bench.drain import drain
from betpnl.bench.load import load
from betpnl.bench.nodes import Case, arithmetic, by_part, caveat, gains
from betpnl.bench.own import deployment
from betpnl.bench.screen import Screen
from betpnl.bench.second import second_taskmanager
from betpnl.errors import UserError
from betpnl.settings import Settings

WANTED = (100_000.0, 1_000_000.0)


def cases(parallelisms: Sequence[int], taskmanagers: Sequence[int]) -> list[tuple[int, int]]:
    """Parallelism and TaskManagers of each deployment; none has a TaskManager without work."""
    return [(slots, count) for count in taskmanagers for slots in parallelisms if slots >= count]


def numbers(text: str, option: str, allowed: Sequence[int] | None = None) -> list[int]:
    """`1,2,4` as numbers. Raises UserError."""
    try:
        found = [int(word) for word in text.split(",")]
    except ValueError:
        found = [0]
    if min(found) < 1 or (allowed and not set(found) <= set(allowed)):
        which = f"among {', '.join(map(str, allowed))}" if allowed else "above 0"
        raise UserError(f"{option} {text}: give whole numbers {which}, separated by commas.")
    return found


def overrides(parallelism: int, taskmanagers: int, partitions: int) -> dict[str, Any]:
    """The settings of one case: slots for the job, and no more."""
    # Writers of `bet` must not be as many as the rest of the job: see bet_sink_parallelism.
    writers = parallelism + 1
    return {
        "parallelism": parallelism,
        "bet_sink_parallelism": writers,
        "flink_task_slots": -(-writers // taskmanagers),
        "topic_partitions": max(parallelism, partitions),
    }


def scale(
    settings: Settings,
    wanted: Sequence[tuple[int, int]],
    bets: int,
    games: int,
    seed: int,
    screen: Screen,
    runs: list[dict[str, Any]],
) -> None:
    """Add a drain for each case to `runs`, each on a deployment of its own."""
    for parallelism, taskmanagers in wanted:
        screen.clear()
        screen.say("scale", f"parallelism {parallelism}, {taskmanagers} TaskManagers")
        values = overrides(parallelism, taskmanagers, settings.topic_partitions)
        with (
            deployment(settings, None, bets, screen, **values) as ours,
            _second(ours, taskmanagers, screen) as more,
        ):
            what = load(
                seed=seed, rate=10_000, base_currency=ours.base_currency, games=games, bets=bets
            )
            found = drain(ours, what, screen, more_processes=more)
        runs.append({"parallelism": parallelism, "taskmanagers": taskmanagers, **found})


def _second(
    settings: Settings, taskmanagers: int, screen: Screen
) -> AbstractContextManager[dict[str, int]]:
    return second_taskmanager(settings, screen) if taskmanagers > 1 else nullcontext({})


def summary(runs: Sequence[dict[str, Any]], cores_per_node: int) -> dict[str, Any]:
    """What each added slot gave, and what a cluster would need, with the arithmetic."""
    done = [run for run in runs if not run["missing"]]
    if not done:
        return {"arithmetic": ["No backlog was worked off, so there is nothing to reckon with."]}
    every = gains(
        [
            Case(
                run["parallelism"],
                run["taskmanagers"],
                run["bets_per_s_between_10_and_90_percent"],
            )
            for run in done
        ]
    )
    # The fewest slots: the more of them share a core, the more a bet costs in changing over.
    us_per_bet = by_part(done[0]["cpu_us_per_bet"])
    cores = os.cpu_count() or 1
    return {
        "gains": [asdict(gain) for gain in every],
        "cpu_us_per_bet": us_per_bet,
        "arithmetic": [
            *(
                f"{gain.case.parallelism} slots, {gain.case.taskmanagers} TaskManagers: "
                f"{gain.case.bets_per_s:,.0f} bets a second, {gain.times_the_first} x the first"
                + (
                    f", {gain.bets_per_s_by_added_slot:,} by each added slot"
                    if gain.bets_per_s_by_added_slot is not None
                    else ""
                )
                for gain in every
            ),
            *arithmetic(WANTED, us_per_bet, cores_per_node),
            caveat(cores, max(run["parallelism"] for run in done)),
        ],
    }
