"""The job's plan, made once by Flink's real planner; nothing has to run for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Plan:
    """The compiled plan as a graph: nodes by id, and the ids of what each node reads."""

    nodes: dict[int, dict[str, Any]]
    inputs: dict[int, list[int]]

    def of_type(self, part: str) -> list[int]:
        """Ids of the nodes whose type holds a text."""
        return [number for number, node in self.nodes.items() if part in node["type"]]

    def upstream(self, number: int) -> set[int]:
        """Ids of all that a node's rows come through."""
        seen: set[int] = set()
        todo = list(self.inputs.get(number, ()))
        while todo:
            current = todo.pop()
            if current not in seen:
                seen.add(current)
                todo.extend(self.inputs.get(current, ()))
        return seen

    def sink(self, table: str) -> int:
        """Id of the sink that writes a table."""
        (found,) = (
            number
            for number in self.of_type("stream-exec-sink")
            if self.nodes[number]["dynamicTableSink"]["table"]["identifier"].endswith(f"`{table}`")
        )
        return found


@dataclass(frozen=True)
class Compiled:
    """The job's plan as text: made, kept in a file, and read from there in another session.

    buffer_timeouts_ms: of the operators that it is submitted with, by Flink's name and number.
    """

    made: str
    kept: Path
    read: str
    buffer_timeouts_ms: dict[str, int]


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """The whole job, compiled in a process of its own: PyFlink leaves its gateway's pipes open.

    For RocksDB, where state may be forgotten: on the heap nothing is.
    """
    folder = tmp_path_factory.mktemp("plans")
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("compile_plan.py")), str(folder)],
        env={**os.environ, "BETPNL_STATE_BACKEND": "rocksdb"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    made, read, timeouts_ms = json.loads(done.stdout)
    (kept,) = folder.iterdir()
    return Compiled(made, kept, read, timeouts_ms)


@pytest.fixture(scope="session")
def plan(compiled: Compiled) -> Plan:
    """The job's plan as a graph."""
    found = json.loads(compiled.made)
    inputs: dict[int, list[int]] = {}
    for edge in found["edges"]:
        inputs.setdefault(edge["target"], []).append(edge["source"])
    return Plan({node["id"]: node for node in found["nodes"]}, inputs)
