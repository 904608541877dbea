"""Flink's configuration: flink-conf/ with the settings filled in and the addresses added."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from string import Template

from betpnl.paths import PROJECT
from betpnl.settings import Settings

FOLDER = PROJECT / "flink-conf"
# State on the heap leaves only Python's share; RocksDB lives in managed memory.
MANAGED_FRACTION = {"hashmap": "0.1", "rocksdb": "0.4"}

_SLOTS_FOR_QUESTIONS = 2
_ROCKSDB_SHARE = 0.8
_OVERHEAD_MB_MIN, _OVERHEAD_MB_MAX, _METASPACE_MB = 192, 1024, 256
_TASKMANAGER_MB_MIN, _TASKMANAGER_MB_MAX = 2048, 8192
# Of the TaskManager's memory Flink gives nearly a tenth to network buffers.
_NETWORK_SHARE = 0.075
_EXCHANGES = 32
"""As many as the job has, and a few."""
_SEGMENT_KB_MIN, _SEGMENT_KB_MAX = 32, 1024
_CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")


def taskmanager_mb(settings: Settings) -> int:
    """Memory of the TaskManager: as set, else a third of what this machine or container has."""
    if settings.flink_taskmanager_mb:
        return settings.flink_taskmanager_mb
    third = _memory_mb() // 3
    return max(_TASKMANAGER_MB_MIN, min(_TASKMANAGER_MB_MAX, third))


def rocksdb_memory_mb(settings: Settings) -> int:
    """What RocksDB may take of the TaskManager: four fifths of Flink's managed memory.

    The rest of it is the Python worker's. Flink counts it: process - overhead - metaspace, of which
    `managed_fraction` (its "Set up TaskManager Memory").
    """
    process_mb = taskmanager_mb(settings)
    overhead_mb = min(max(_OVERHEAD_MB_MIN, process_mb // 10), _OVERHEAD_MB_MAX)
    flink_mb = process_mb - overhead_mb - _METASPACE_MB
    return int(flink_mb * float(MANAGED_FRACTION["rocksdb"]) * _ROCKSDB_SHARE)


def task_slots(settings: Settings) -> int:
    """Slots of the TaskManager: as set, else what the job needs, and room for questions."""
    needed = max(settings.parallelism, settings.bet_writers)
    return settings.flink_task_slots or needed + _SLOTS_FOR_QUESTIONS


def _memory_mb() -> int:
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        limit = _CGROUP_LIMIT.read_text().strip()
    except OSError:
        limit = "max"
    return (min(machine, int(limit)) if limit.isdigit() else machine) >> 20


def network_segment_kb(settings: Settings) -> int:
    """Size of a network buffer, a power of two: as large as memory allows for all of them.

    An exchange takes 8 buffers for each sender and 2 for each channel (fixed in Flink 2.2).
    """
    parallelism = settings.parallelism
    buffers = _EXCHANGES * parallelism * (8 + 2 * parallelism)
    each_kb = int(taskmanager_mb(settings) * 1024 * _NETWORK_SHARE / buffers)
    largest = 1 << max(each_kb, 1).bit_length() - 1
    return max(_SEGMENT_KB_MIN, min(_SEGMENT_KB_MAX, largest))


def template_text(settings: Settings) -> str:
    """config.yaml with the settings filled in."""
    values = {name: getattr(settings, name) for name in Settings.model_fields}
    values["flink_taskmanager_mb"] = taskmanager_mb(settings)
    values["flink_task_slots"] = task_slots(settings)
    values["network_segment_kb"] = network_segment_kb(settings)
    values["rocksdb_memory_mb"] = rocksdb_memory_mb(settings)
    values["managed_fraction"] = MANAGED_FRACTION[settings.state_backend]
    text = (FOLDER / "config.yaml").read_text(encoding="utf-8")
    return Template(text).substitute(values)


def options(settings: Settings) -> dict[str, str]:
    """The same as keys and values."""
    lines = (line for line in template_text(settings).splitlines() if line and line[0] != "#")
    return {key: value for key, _, value in (line.partition(": ") for line in lines)}


def write(
    folder: Path, settings: Settings, added: Mapping[str, str], *, without: tuple[str, ...] = ()
) -> None:
    """Make a configuration folder.

    added: addresses and folders, known only at start. without: keys that are left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    template = template_text(settings).splitlines(keepends=True)
    lines = [line for line in template if line.partition(":")[0] not in without]
    lines.append("# -- Filled in at start ---\n")
    lines += [f"{key}: {_quoted(value)}\n" for key, value in added.items()]
    (folder / "config.yaml").write_text("".join(lines), encoding="utf-8")
    for name in ("log4j-console.properties", "log4j-cli.properties"):
        shutil.copyfile(FOLDER / name, folder / name)


def python_options(settings: Settings, *, ours: bool) -> dict[str, str]:
    """Which Python runs the functions on the cluster, and which the client.

    ours: whether the cluster runs on this machine out of our virtual environment.
    """
    here = sys.executable
    there = here if ours else settings.flink_python_executable or here
    return {"python.executable": there, "python.client.executable": here}


def state_folder(settings: Settings) -> Path:
    """Where the job's state is kept, apart for each pair of log and tables that it belongs to.

    Going on from one pair's sums with the other's tables would falsify them without a word. What
    is embedded belongs to this home; other services are told apart by their addresses.
    """
    # No database has a dot in its name; and Flink reads a folder's address without unquoting it.
    pair = f"{settings.mysql_database}.{settings.topic_prefix}"
    elsewhere = (settings.mysql_url, settings.kafka_bootstrap, settings.flink_rest_url)
    place = "embedded"
    if any(elsewhere):
        place = hashlib.sha256("\n".join(elsewhere).encode()).hexdigest()[:12]
    return settings.home / "state" / pair / place


def folders(settings: Settings) -> dict[str, str]:
    """Where checkpoints go."""
    folder = state_folder(settings)
    return {
        "execution.checkpointing.dir": (folder / "checkpoints").as_uri(),
        "execution.checkpointing.savepoint-dir": (folder / "savepoints").as_uri(),
    }


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
