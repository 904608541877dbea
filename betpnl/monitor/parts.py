"""What each part said when it was last asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Answer(Protocol):
    """up: it answers. detail: why not, one sentence without its full stop, '' when it is up.
    known: its address is set, or it was started here once; if not, nobody can tell how it does (a
    board that was given MySQL alone).
    """

    @property
    def up(self) -> bool: ...

    @property
    def detail(self) -> str: ...

    @property
    def known(self) -> bool: ...


@dataclass(frozen=True)
class Simple:
    """A part of which no more is known."""

    up: bool
    detail: str = ""
    known: bool = True


@dataclass(frozen=True)
class Kafka:
    """The log. end: offsets of the topic of bets added up, so how many it ever took. per_s: bets
    that came in, a second, since the answer before. quiet_s: since the last one came, as far as
    is known; None before the first two answers.
    """

    up: bool
    detail: str = ""
    known: bool = True
    end: int = 0
    per_s: float = 0.0
    quiet_s: float | None = None


@dataclass(frozen=True)
class Job:
    """The newest job of ours, as Flink tells; moments are seconds since 1970.

    state: Flink's word; '' when there is none. running, tasks: how many of its tasks run.
    restarts: since it was submitted. restarting: the number of the restart that is under way, 0
    when none is. started_at_s: when it was submitted. runs_since_s: when every task of it was
    first seen running. lag: records that wait in Kafka, by source table; empty while it is not
    known. counts: what the functions count, by topic and name, since the job's last start.
    checkpointed_at_s: when the newest checkpoint was complete; None without one. checkpoint_s:
    how long it took.
    """

    state: str = ""
    running: int = 0
    tasks: int = 0
    restarts: int = 0
    restarting: int = 0
    started_at_s: float = 0.0
    runs_since_s: float = 0.0
    lag: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    checkpointed_at_s: float | None = None
    checkpoint_s: float = 0.0
    checkpoints_failed: int = 0

    @property
    def runs(self) -> bool:
        """Every task of it runs."""
        return self.state == "RUNNING" and self.running == self.tasks > 0


@dataclass(frozen=True)
class Flink:
    """The cluster: up says that the JobManager answers. slots: what its TaskManagers offer.

    heap_used: of the Java heap of the fullest TaskManager, 0 to 1; None while it is not known.
    """

    up: bool
    detail: str = ""
    known: bool = True
    taskmanagers: int = 0
    slots: int = 0
    heap_used: float | None = None
    job: Job = field(default_factory=Job)


@dataclass(frozen=True)
class Said:
    """All answers at a moment; None of a part that was not asked to the end yet.

    sources: what works beside the job: `upkeep`, and `connect` and `mapper` where a client's MySQL
    is followed.
    """

    mysql: Simple | None = None
    kafka: Kafka | None = None
    flink: Flink | None = None
    sources: Mapping[str, Simple] = field(default_factory=dict)
