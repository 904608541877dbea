"""Bytes that are alive on the TaskManager's Java heap."""

from __future__ import annotations

import subprocess
from pathlib import Path

from betpnl.bench.cpu import service_pids
from betpnl.errors import UserError
from betpnl.settings import Settings


def live_bytes(settings: Settings) -> int:
    """Collect garbage, then count what is left. Stops the TaskManager for that long.

    Raises UserError if it does not run here, or there is no JDK's jcmd to ask it.
    """
    supervisor = service_pids(settings).get("taskmanager")
    if supervisor is None:
        raise UserError("The TaskManager does not run here; its heap cannot be looked at.")
    java = next(pid for pid in _below(supervisor) if _command(pid) == "java")
    try:
        histogram = subprocess.run(
            ["jcmd", str(java), "GC.class_histogram"], check=True, capture_output=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise UserError(f"jcmd of the JDK cannot ask the TaskManager: {error}") from None
    (total,) = [line for line in histogram.splitlines() if line.startswith("Total")]
    return int(total.split()[2])


def _below(pid: int) -> list[int]:
    children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid, *(below for child in children for below in _below(child))]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()
