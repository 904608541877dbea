"""CPU by process, from /proc."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

from betpnl.settings import Settings
from betpnl.stack.memory import Memory

_TICKS = os.sysconf("SC_CLK_TCK")
PYTHON_WORKERS = "python workers"


def service_pids(settings: Settings) -> dict[str, int]:
    """Pids of the embedded services, by name; those that run elsewhere are left out."""
    services = Memory.read(settings.home).services
    return {name: service.process.pid for name, service in services.items() if service.process}


def used_s(roots: dict[str, int]) -> dict[str, float]:
    """CPU seconds used so far by each root process and its children.

    Below a TaskManager's supervisor, what is no Java counts as the Python workers. Children
    that have ended count with whoever waited for them.
    """
    children: dict[int, list[int]] = defaultdict(list)
    own_s: dict[int, float] = {}
    commands: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            # The name, in parentheses, may hold anything.
            head, _, tail = (folder / "stat").read_text().rpartition(")")
        except OSError:
            continue  # ended meanwhile
        pid, fields = int(folder.name), tail.split()
        commands[pid] = head.partition("(")[2]
        children[int(fields[1])].append(pid)
        own_s[pid] = sum(map(int, fields[11:15])) / _TICKS
    used: dict[str, float] = {}
    for name, root in roots.items():
        below = _below(root, children)
        if name.startswith("taskmanager"):
            workers = [pid for pid in below if commands.get(pid) != "java"]
            used.setdefault(PYTHON_WORKERS, 0.0)
            used[PYTHON_WORKERS] += sum(own_s.get(pid, 0.0) for pid in workers)
            below = [pid for pid in below if pid not in workers]
        used[name] = sum(own_s.get(pid, 0.0) for pid in (root, *below))
    return used


def _below(root: int, children: dict[int, list[int]]) -> list[int]:
    found = list(children.get(root, ()))
    for pid in found:
        found += children.get(pid, ())
    return found


def percent_of_core(
    before: dict[str, float], after: dict[str, float], seconds: float
) -> dict[str, float]:
    """Mean use between two readings, in percent of one core."""
    return {
        name: round((after[name] - before[name]) / seconds * 100, 1)
        for name in after
        if name in before
    }
