"""How the job does, by a few questions to Flink's REST interface."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from betpnl.contract.topics import BETS
from betpnl.errors import UserError
from betpnl.job.options import JOB_NAME
from betpnl.monitor.parts import Flink, Job
from betpnl.settings import Settings
from betpnl.stack import flink_rest
from betpnl.stack.flink_service import JobManager
from betpnl.stack.memory import Memory
from betpnl.stack.resolve import flink_rest_url, is_known

TIMEOUT_S = 2.0
# As often as Flink itself collects what its tasks count; a new counter is found no sooner.
_LIST_EVERY_S = 10.0
_OF_JOB = (
    "numRestarts",
    "lastCheckpointCompletedTimestamp",
    "lastCheckpointDuration",
    "numberOfFailedCheckpoints",
)
# All TaskManagers have heaps of one size.
_OF_HEAP = ("Status.JVM.Memory.Heap.Used", "Status.JVM.Memory.Heap.Max")
_WANTED = re.compile(r"(?:Source__\w+\[\d+\]\.pendingRecords|PythonCalc\[\d+\]\.betpnl_\w+)")


class FlinkReader:
    """Remembers between two questions where the job's figures are found."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._url = ""
        self._job_id = ""
        self._sources: list[str] = []
        self._metrics: dict[str, list[str]] = {}
        self._listed_s = 0.0
        self._restarts_when_it_ran = 0
        self._runs_since_s: float | None = None

    def read(self) -> Flink:
        """Ask now. Raises OSError, ValueError or UserError when the JobManager does not answer."""
        if not is_known(self._settings, JobManager.name, "flink_rest_url"):
            return Flink(False, known=False)
        self._url = self._settings.flink_rest_url or _embedded_url(self._settings)
        cluster = self._get("/overview")
        return Flink(
            up=True,
            taskmanagers=int(cluster["taskmanagers"]),
            slots=int(cluster["slots-total"]),
            heap_used=self._heap_used(),
            job=self._job(),
        )

    def _heap_used(self) -> float | None:
        path = f"/taskmanagers/metrics?get={','.join(_OF_HEAP)}&agg=max"
        most = {each["id"]: float(each["max"]) for each in self._get(path)}
        used, size = (most.get(name, 0.0) for name in _OF_HEAP)
        return used / size if used > 0 and size > 0 else None

    def _job(self) -> Job:
        known = self._get("/jobs/overview")["jobs"]
        mine = [job for job in known if job["name"] == JOB_NAME]
        if not mine:
            return Job()
        # A job that lives comes before one that was cancelled, however new that is.
        found = max(mine, key=lambda job: (job["state"] in flink_rest.LIVE_STATES, _start(job)))
        if found["jid"] != self._job_id:
            self._job_id, self._sources, self._metrics = str(found["jid"]), [], {}
            self._listed_s, self._restarts_when_it_ran, self._runs_since_s = 0.0, 0, None
        tasks = found["tasks"]
        job = Job(
            state=str(found["state"]),
            running=int(tasks["running"]),
            tasks=int(tasks["total"]),
            started_at_s=_start(found) / 1000,
        )
        if not job.runs:
            self._runs_since_s = None
        elif self._runs_since_s is None:
            self._runs_since_s = time.time()
        return self._live(job) if job.state in flink_rest.LIVE_STATES else job

    def _live(self, job: Job) -> Job:
        told = self._get(f"/jobs/{self._job_id}/metrics?get={','.join(_OF_JOB)}")
        values = {each["id"]: _number(each["value"]) for each in told}
        restarts = values.get("numRestarts", 0)
        if job.runs:
            self._restarts_when_it_ran = restarts
        checkpointed_ms = values.get(_OF_JOB[1], -1)
        lag, counts = self._of_tasks() if job.runs else ({}, {})
        return replace(
            job,
            restarts=restarts,
            restarting=self._restarting(job, restarts),
            runs_since_s=self._runs_since_s or 0.0,
            lag=lag,
            counts=counts,
            checkpointed_at_s=checkpointed_ms / 1000 if checkpointed_ms > 0 else None,
            checkpoint_s=max(0, values.get("lastCheckpointDuration", 0)) / 1000,
            checkpoints_failed=values.get("numberOfFailedCheckpoints", 0),
        )

    def _restarting(self, job: Job, restarts: int) -> int:
        # Flink's own count comes seconds late: the one under way may be missing.
        if job.state in ("RESTARTING", "FAILING"):
            return max(restarts, self._restarts_when_it_ran + 1)
        return 0

    def _of_tasks(self) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
        """What waits in Kafka, and what the functions counted."""
        if time.monotonic() - self._listed_s > _LIST_EVERY_S:
            self._list()
        lag: dict[str, int] = {}
        counts: dict[tuple[str, str], int] = {}
        for vertex, names in self._metrics.items():
            path = f"/jobs/{self._job_id}/vertices/{vertex}/subtasks/metrics?agg=sum&get="
            told = self._get(path + ",".join(map(quote, names)))
            if not told:
                # One name that is no longer there, and Flink tells of none.
                self._listed_s = 0.0
            for each in told:
                _sort_in(str(each["id"]), _number(each["sum"]), lag, counts)
        return lag, counts

    def _list(self) -> None:
        """Find what the sources have to tell."""
        if not self._sources:
            vertices = self._get(f"/jobs/{self._job_id}")["vertices"]
            self._sources = [str(each["id"]) for each in vertices if _is_source(each["name"])]
        found = {}
        for source in self._sources:
            path = f"/jobs/{self._job_id}/vertices/{source}/subtasks/metrics"
            names = [each["id"] for each in self._get(path)]
            wanted = [name for name in names if _WANTED.fullmatch(name)]
            if wanted:
                found[source] = wanted
        self._metrics, self._listed_s = found, time.monotonic()

    def _get(self, path: str) -> Any:
        return flink_rest.get(self._url, path, timeout_s=TIMEOUT_S)


def _sort_in(
    name: str, value: int, lag: dict[str, int], counts: dict[tuple[str, str], int]
) -> None:
    operator, _, metric = name.partition(".")
    if metric == "pendingRecords":
        lag[operator.removeprefix("Source__").partition("[")[0]] = max(0, value)
        return
    # betpnl_records counts bets, betpnl_records_games games.
    what, _, topic = metric.removeprefix("betpnl_").partition("_")
    counts[topic or BETS.name, what] = value


def _embedded_url(settings: Settings) -> str:
    # What was stopped keeps its port's number, under which another home's may answer by now.
    known = Memory.read(settings.home).services.get(JobManager.name)
    if known is None or known.process is None:
        raise UserError("Flink is stopped; `betpnl up` starts it")
    return flink_rest_url(settings)


def _is_source(name: str) -> bool:
    return name.startswith("Source: ")


def _number(text: Any) -> int:
    """Flink's text as a whole number; what it does not know yet counts as nothing."""
    try:
        return int(float(text))
    except (TypeError, ValueError, OverflowError):
        return 0


def _start(job: dict[str, Any]) -> int:
    return int(job["start-time"])
