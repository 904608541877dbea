"""Waits for a submitted job to be ready for its first bet."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from betpnl.errors import UserError
from betpnl.stack import flink_rest

_LOOK_EVERY_S = 0.25
_OVER = frozenset({"FAILED", "CANCELED", "FINISHED", "SUSPENDED"})


def wait_until_running(
    url: str, job_id: str, logs: Path, report: Callable[[str], None], timeout_s: float
) -> None:
    """Return when every task runs; a task does once its Python worker is there.

    logs: the folder to name. Raises UserError when the job ends, or is not there after
    `timeout_s`, with what Flink says is the cause.
    """
    deadline_s = time.monotonic() + timeout_s
    while True:
        job = _ask(url, f"/jobs/{job_id}")
        running, tasks = _tasks(job)
        if tasks and running == tasks:
            return
        state = job.get("state", "not known to Flink")
        if state in _OVER or time.monotonic() > deadline_s:
            cause = _cause(_ask(url, f"/jobs/{job_id}/exceptions"))
            raise UserError(
                f"The job is {state}, {running} of {tasks} of its tasks run after "
                f"{timeout_s - max(0, deadline_s - time.monotonic()):.0f} s"
                f"{f' ({cause})' if cause else ''}; Flink's logs are in {logs}."
            )
        report(f"starting: {running} of {tasks} tasks run ({state.lower()})")
        time.sleep(_LOOK_EVERY_S)


def _ask(url: str, path: str) -> dict[str, Any]:
    try:
        return dict(flink_rest.get(url, path))
    except (OSError, ValueError):
        return {}


def _cause(exceptions: dict[str, Any]) -> str:
    """The innermost cause of the newest failure, on one line; '' when there was none."""
    entries = exceptions.get("exceptionHistory", {}).get("entries", [])
    lines = [line for line in entries[0]["stacktrace"].splitlines() if line] if entries else []
    causes = [line for line in lines if line.startswith("Caused by: ")]
    return causes[-1].removeprefix("Caused by: ") if causes else "".join(lines[:1])


def _tasks(job: dict[str, Any]) -> tuple[int, int]:
    """How many run, and how many there are."""
    stages = job.get("vertices", [])
    running = sum(stage["tasks"].get("RUNNING", 0) for stage in stages)
    return running, sum(stage["parallelism"] for stage in stages)
