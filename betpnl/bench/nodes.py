"""The arithmetic of scale: what each slot adds, and what a larger cluster would need.

Every bet costs so many microseconds of CPU in each part. So many of them a second need so many
cores, and not more than a share of each core may be in use if the latency is to hold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

USE_MAX = 0.7
"""Share of a node's cores that may be busy: beyond, what waits for a core waits long."""

PARTS = {
    "Flink": ("jobmanager", "taskmanager", "taskmanager-2", "python workers"),
    "Kafka": ("kafka", "kafka, written"),
    "MySQL": ("mysql",),
}


@dataclass(frozen=True)
class Case:
    """One deployment and the bets a second that it worked off."""

    parallelism: int
    taskmanagers: int
    bets_per_s: float


@dataclass(frozen=True)
class Gain:
    """What a case gives over the first. efficiency: of the gain that its slots promised."""

    case: Case
    times_the_first: float
    efficiency: float
    bets_per_s_by_added_slot: float | None


def gains(cases: Sequence[Case]) -> list[Gain]:
    """Each case beside the first, which should be that of one slot."""
    first = cases[0]
    found = []
    for case in cases:
        times = case.bets_per_s / first.bets_per_s
        added = case.parallelism - first.parallelism
        found.append(
            Gain(
                case,
                round(times, 2),
                round(times * first.parallelism / case.parallelism, 2),
                round((case.bets_per_s - first.bets_per_s) / added) if added else None,
            )
        )
    return found


@dataclass(frozen=True)
class Need:
    """What one part needs at a rate."""

    part: str
    us_per_bet: float
    cores: float
    nodes: int


def by_part(cpu_us_per_bet: Mapping[str, float]) -> dict[str, float]:
    """Microseconds of CPU a bet of Flink, Kafka and MySQL, from those of each process."""
    return {
        part: round(sum(cpu_us_per_bet.get(name, 0.0) for name in names), 2)
        for part, names in PARTS.items()
    }


def needs(rate: float, us_per_bet: Mapping[str, float], cores_per_node: int) -> list[Need]:
    """What each part needs for so many bets a second."""
    found = []
    for part, us in us_per_bet.items():
        cores = rate * us / 1e6 / USE_MAX
        found.append(Need(part, us, round(cores, 1), math.ceil(round(cores / cores_per_node, 6))))
    return found


def arithmetic(
    rates: Sequence[float], us_per_bet: Mapping[str, float], cores_per_node: int
) -> list[str]:
    """The same in words, step by step."""
    lines = []
    for rate in rates:
        lines.append(f"{rate:,.0f} bets a second on nodes of {cores_per_node} cores:")
        every = needs(rate, us_per_bet, cores_per_node)
        lines += [
            f"  {need.part}: {rate:,.0f} x {need.us_per_bet:g} us / 1,000,000 us / {USE_MAX} = "
            f"{need.cores:,.1f} cores = {need.nodes:,} nodes"
            for need in every
        ]
        lines.append(f"  together {sum(need.nodes for need in every):,} nodes")
    return lines


def caveat(cores: int, parallelism_max: int) -> str:
    """What the figures of one machine cannot say."""
    return (
        f"Measured with MySQL, Kafka, Flink and the generator on the same {cores} cores, so "
        f"beyond {cores} slots (of up to {parallelism_max}) more slots share the cores that there "
        "are. What a bet costs is taken as the same on every node; MySQL of several nodes means "
        "several servers, each with games of its own."
    )
