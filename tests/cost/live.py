"""What the running job counts: records and bytes between tasks, state, and MySQL's statements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from betpnl.bench.heap import live_heap
from betpnl.stack import flink_rest
from tests.e2e.world import World
from tests.waiting import until

_RECORDS = re.compile(r"(?P<operator>.+)\.numRecords(?P<way>In|Out)")
_OPERATOR = re.compile(r"(?:Sink__)?(?P<name>\w+?)\[\d+\](?P<part>__Writer)?")
_CPU = "Status.JVM.CPU.Time"
_STATE_ENTRY = "org.apache.flink.runtime.state.heap.CopyOnWriteStateMap$StateMapEntry"


@dataclass(frozen=True)
class Reading:
    """The job's counters at one moment, when nothing was on its way.

    tasks: vertices of the job. records, bytes: what tasks have read from each other. taken, given:
    records by operator's name, all of that name together. state_bytes: a whole checkpoint, packed.
    state_entries: keys of all states on the heap, what a key holds in a list or a map being one.
    """

    tasks: int
    records: int
    bytes: int
    taken: dict[str, int]
    given: dict[str, int]
    state_bytes: int
    state_entries: int


def reading(world: World) -> Reading:
    """Count everything, once the audit has seen that all that was sent has come through."""
    world.verify()
    job = _Job(world)
    job.until_counted()
    vertices = job.ask("")["vertices"]
    taken: dict[str, int] = {}
    given: dict[str, int] = {}
    for vertex in vertices:
        for operator, way, count in job.records(vertex["id"]):
            counts = taken if way == "In" else given
            counts[operator] = counts.get(operator, 0) + count
    return Reading(
        tasks=len(vertices),
        records=sum(int(vertex["metrics"]["read-records"]) for vertex in vertices),
        bytes=sum(int(vertex["metrics"]["read-bytes"]) for vertex in vertices),
        taken=taken,
        given=given,
        state_bytes=job.state_bytes(),
        # After the checkpoint, which keeps the old of what changes while it is written.
        state_entries=live_heap(world.settings).objects[_STATE_ENTRY],
    )


def statements(world: World) -> int:
    """How many statements of the job's kinds MySQL has run, whatever rows each had.

    Upkeep, which writes when it is time to, does so with REPLACE.
    """
    counted = world.rows("SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_insert', 'Com_delete')")
    return sum(int(count) for _, count in counted)


class _Job:
    def __init__(self, world: World) -> None:
        self._url = world.found.flink_rest_url
        self._path = f"/jobs/{world.job()['jid']}"

    def ask(self, path: str) -> Any:
        return flink_rest.get(self._url, self._path + path)

    def until_counted(self) -> None:
        """Wait until the JobManager has asked the TaskManager again: it does every 10 seconds."""
        before = self._cpu()
        until(lambda: self._cpu() != before, "the TaskManager tells nothing new")

    def _cpu(self) -> str | None:
        """Something that each telling changes."""
        (manager,) = flink_rest.taskmanagers(self._url)
        told = flink_rest.get(self._url, f"/taskmanagers/{manager}/metrics?get={_CPU}")
        return told[0]["value"] if told else None

    def records(self, vertex: str) -> list[tuple[str, str, int]]:
        """Operator, whether it took or gave, and how many."""
        path = f"/vertices/{vertex}/subtasks/metrics"
        names = [each["id"] for each in self.ask(path) if _RECORDS.fullmatch(each["id"])]
        if not names:
            return []
        told = self.ask(f"{path}?agg=sum&get=" + ",".join(map(quote, names)))
        found = []
        for each in told:
            parts = _RECORDS.fullmatch(each["id"])
            operator = _OPERATOR.fullmatch(parts["operator"]) if parts else None
            if parts and operator:
                found.append((operator["name"], parts["way"], int(each["sum"])))
        return found

    def state_bytes(self) -> int:
        """The size of a checkpoint that began after all was quiet."""
        known = self._newest()["id"]
        until(lambda: self._newest()["id"] > known + 1, "no new checkpoint")
        newest = self._newest()
        return int(newest.get("full_size") or newest["state_size"])

    def _newest(self) -> dict[str, Any]:
        newest: dict[str, Any] = self.ask("/checkpoints")["latest"]["completed"]
        return newest
