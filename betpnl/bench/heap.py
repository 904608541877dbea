"""What is alive on the TaskManager's Java heap."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from betpnl.bench.cpu import service_pids
from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack.service import java

# One line of jcmd's: rank, objects, bytes, class, and its module in brackets.
_CLASS = re.compile(r"\s*\d+:\s+(?P<objects>\d+)\s+(?P<bytes>\d+)\s+(?P<name>\S+)")


@dataclass(frozen=True)
class Heap:
    """What is left after a garbage collection.

    bytes: of all objects. objects: how many there are of each class, by its name as Java writes it.
    """

    bytes: int
    objects: Mapping[str, int]


def live_heap(settings: Settings) -> Heap:
    """Collect garbage, then count what is left. Stops the TaskManager for that long.

    Raises UserError if it does not run here, or there is no JDK's jcmd to ask it.
    """
    supervisor = service_pids(settings).get("taskmanager")
    if supervisor is None:
        raise UserError("The TaskManager does not run here; its heap cannot be looked at.")
    java_pid = next(pid for pid in _below(supervisor) if _command(pid) == "java")
    try:
        histogram = subprocess.run(
            [_jcmd(), str(java_pid), "GC.class_histogram"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise UserError(
            f"jcmd cannot ask the TaskManager: {error}. It comes with a JDK, not with a JRE alone."
        ) from None
    classes = [found for line in histogram.splitlines() if (found := _CLASS.match(line))]
    # Classes of two loaders have a line each.
    objects: dict[str, int] = {}
    for each in classes:
        objects[each["name"]] = objects.get(each["name"], 0) + int(each["objects"])
    return Heap(sum(int(each["bytes"]) for each in classes), objects)


def _jcmd() -> str:
    """That of the Java that runs the TaskManager, as another's may not reach it."""
    beside = Path(java()).resolve().with_name("jcmd")
    return str(beside) if beside.exists() else "jcmd"


def _below(pid: int) -> list[int]:
    children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid, *(below for child in children for below in _below(child))]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()
