"""What Flink's REST interface tells, read from answers as Flink 2.2 gives them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from betpnl.errors import UserError
from betpnl.job.options import JOB_NAME
from betpnl.monitor.flink import FlinkReader
from betpnl.monitor.parts import Flink, Job
from betpnl.settings import Settings
from betpnl.stack.memory import Memory

SOURCE = "Source: bets_log[1] -> Calc[2] -> PythonCalc[3] -> Calc[4]"
LAG = "Source__bets_log[1].pendingRecords"


class Cluster:
    """A JobManager's answers, and a count of what was asked."""

    def __init__(self) -> None:
        self.jobs: list[dict[str, Any]] = []
        self.restarts = 0
        self.metrics = {LAG: "7.0", "PythonCalc[3].betpnl_records": "120.0"}
        self.heap = {"Status.JVM.Memory.Heap.Used": 3e8, "Status.JVM.Memory.Heap.Max": 4e8}
        self.checkpoint_ms = -1
        self.asked: list[str] = []

    def job(self, state: str, running: int = 18, jid: str = "1", start: int = 5_000) -> None:
        tasks = {"total": 18, "running": running}
        job = {"jid": jid, "name": JOB_NAME, "state": state, "start-time": start, "tasks": tasks}
        self.jobs = [each for each in self.jobs if each["jid"] != jid] + [job]

    def answer(self, path: str) -> Any:
        self.asked.append(path)
        path, _, query = path.partition("?")
        if path == "/overview":
            return {"taskmanagers": 1, "slots-total": 4}
        if path == "/jobs/overview":
            return {"jobs": [{"jid": "0", "name": "another's"} | each for each in self.jobs]}
        if path == "/taskmanagers/metrics":
            names = unquote(query.partition("get=")[2].partition("&")[0]).split(",")
            return [{"id": name, "max": self.heap[name]} for name in names if name in self.heap]
        if path.endswith("/subtasks/metrics"):
            if not query:
                return [{"id": name} for name in ("numRecordsOut", *self.metrics)]
            names = unquote(query.partition("get=")[2]).split(",")
            # As Flink does: of one name that it does not know it tells nothing at all.
            if set(names) - set(self.metrics):
                return []
            return [{"id": name, "sum": self.metrics[name]} for name in names]
        if path.endswith("/metrics"):
            return [
                {"id": "numRestarts", "value": str(self.restarts)},
                {"id": "lastCheckpointCompletedTimestamp", "value": str(self.checkpoint_ms)},
                {"id": "lastCheckpointDuration", "value": "NaN"},
            ]
        return {"vertices": [{"id": "v", "name": SOURCE}, {"id": "w", "name": "Sink: bet[10]"}]}


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


@pytest.fixture
def reader(cluster: Cluster, tmp_path: Path) -> Iterator[FlinkReader]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(cluster.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield FlinkReader(Settings.load(home=tmp_path, flink_rest_url=url))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_running_job_tells_its_counts(cluster: Cluster, reader: FlinkReader) -> None:
    cluster.job("RUNNING")
    cluster.checkpoint_ms = 9_000

    found = reader.read()

    assert (found.up, found.taskmanagers, found.slots) == (True, 1, 4)
    assert replace(found.job, runs_since_s=0) == Job(
        state="RUNNING",
        running=18,
        tasks=18,
        started_at_s=5,
        lag={"bets_log": 7},
        counts={("bets", "records"): 120},
        checkpointed_at_s=9,
    )
    assert found.job.runs_since_s > 0


def test_no_job_of_ours_is_no_job(cluster: Cluster, reader: FlinkReader) -> None:
    assert reader.read().job == Job()
    cluster.job("RUNNING")
    cluster.jobs[0]["name"] = "another's"
    assert reader.read().job == Job()


def test_a_job_that_lives_comes_before_one_that_was_cancelled(
    cluster: Cluster, reader: FlinkReader
) -> None:
    cluster.job("RUNNING", jid="1", start=5_000)
    cluster.job("CANCELED", jid="2", start=6_000)
    assert reader.read().job.state == "RUNNING"
    cluster.job("FAILED", jid="1", start=5_000)
    assert reader.read().job.state == "CANCELED"


def test_a_restart_is_numbered_before_flink_counts_it(
    cluster: Cluster, reader: FlinkReader
) -> None:
    cluster.job("RUNNING")
    cluster.restarts = 2
    assert reader.read().job.restarting == 0
    cluster.job("RESTARTING", running=0)
    assert reader.read().job.restarting == 3
    cluster.restarts = 3
    assert reader.read().job.restarting == 3
    cluster.restarts = 5
    assert reader.read().job.restarting == 5


def test_a_counter_that_went_away_is_not_asked_for_ever(
    cluster: Cluster, reader: FlinkReader
) -> None:
    cluster.job("RUNNING")
    reader.read()
    cluster.metrics = {LAG: "3.0", "PythonCalc[3].betpnl_rejects": "NaN"}

    assert reader.read().job.lag == {}
    job = reader.read().job
    assert job.lag == {"bets_log": 3}
    assert job.counts == {("bets", "rejects"): 0}


def test_the_whole_job_is_asked_for_once(cluster: Cluster, reader: FlinkReader) -> None:
    cluster.job("RUNNING")
    for _ in range(5):
        reader.read()
    assert cluster.asked.count("/jobs/1") == 1

    cluster.job("RUNNING", jid="2", start=9_000)
    assert reader.read().job.lag == {"bets_log": 7}
    assert cluster.asked.count("/jobs/2") == 1


def test_the_heap_is_told_once_a_taskmanager_has_told_of_it(
    cluster: Cluster, reader: FlinkReader
) -> None:
    assert reader.read().heap_used == 0.75
    cluster.heap = {}
    assert reader.read().heap_used is None


def test_a_flink_that_is_stopped_is_not_looked_for_under_its_old_port(tmp_path: Path) -> None:
    reader = FlinkReader(Settings.load(home=tmp_path))
    assert reader.read() == Flink(False, known=False)
    memory = Memory(tmp_path, ports={"flink_rest": 8081})
    memory.service("jobmanager")
    memory.save()

    with pytest.raises(UserError, match="stopped"):
        reader.read()
