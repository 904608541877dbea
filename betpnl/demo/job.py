"""Waits for a submitted job to be ready for its first bet."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from betpnl.errors import UserError
from betpnl.stack import flink_rest

_LOOK_EVERY_S = 0.25
_OVER = frozenset({"FAILED", "CANCELED", "FINISHED", "SUSPENDED"})


def wait_until_running(
    url: str, job_id: str, report: Callable[[str], None], timeout_s: float
) -> None:
    """Return when every task runs; a task does once its Python worker is there.

    Raises UserError when the job ends, or is not there after `timeout_s`.
    """
    deadline_s = time.monotonic() + timeout_s
    while True:
        job = _job(url, job_id)
        running, tasks = _tasks(job)
        if tasks and running == tasks:
            return
        if job.get("state") in _OVER:
            raise UserError(
                f"The job is {job['state']}; its exceptions are at {url}/#/job/{job_id}/exceptions"
            )
        if time.monotonic() > deadline_s:
            raise UserError(
                f"After {timeout_s:.0f} s only {running} of {tasks} tasks of the job run; "
                f"{url}/#/job/{job_id} shows which do not, `betpnl status` where the logs are."
            )
        report(f"starting: {running} of {tasks} tasks run")
        time.sleep(_LOOK_EVERY_S)


def _job(url: str, job_id: str) -> dict[str, Any]:
    try:
        return dict(flink_rest.get(url, f"/jobs/{job_id}"))
    except (OSError, ValueError):
        return {}


def _tasks(job: dict[str, Any]) -> tuple[int, int]:
    """How many run, and how many there are."""
    stages = job.get("vertices", [])
    running = sum(stage["tasks"].get("RUNNING", 0) for stage in stages)
    return running, sum(stage["parallelism"] for stage in stages)
