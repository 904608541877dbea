"""Bytes that are alive on the TaskManager's Java heap."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cpu import service_pids

from betpnl.settings import Settings


def live_bytes(settings: Settings) -> int:
    """Collect garbage, then count what is left. Stops the TaskManager for that long.

    Raises KeyError if it does not run here, CalledProcessError if the JDK's jcmd can't ask it.
    """
    supervisor = service_pids(settings)["taskmanager"]
    java = next(pid for pid in _below(supervisor) if _command(pid) == "java")
    histogram = subprocess.run(
        ["jcmd", str(java), "GC.class_histogram"], check=True, capture_output=True, text=True
    ).stdout
    (total,) = [line for line in histogram.splitlines() if line.startswith("Total")]
    return int(total.split()[2])


def _below(pid: int) -> list[int]:
    children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid, *(below for child in children for below in _below(child))]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()
