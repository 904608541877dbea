"""The supervisor with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from betpnl.stack import supervisor
from tests.waiting import until

# Writes its pid, then lives until it is ended.
CHILD = """
import os, sys, signal
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
signal.pause()
"""


def _start(log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            sys.executable,
            supervisor.__file__,
            str(_worked(log)),
            sys.executable,
            *arguments,
            str(log),
        ]
    )


def _worked(log: Path) -> Path:
    return log.with_name("worked")


def _pids(log: Path) -> list[int]:
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def _gone(pid: int) -> Callable[[], bool]:
    return lambda: not Path(f"/proc/{pid}").exists()


def test_it_ends_its_child_and_itself_on_sigterm(tmp_path: Path) -> None:
    log = tmp_path / "pids"
    process = _start(log, "-c", CHILD)
    until(lambda: len(_pids(log)) == 1, "the child did not start")

    process.terminate()

    process.wait(timeout=60)
    until(_gone(_pids(log)[0]), "the child is still there")


def test_a_child_that_dies_before_it_has_worked_is_not_started_again(tmp_path: Path) -> None:
    process = _start(tmp_path / "unused", "-c", "raise SystemExit(3)")

    assert process.wait(timeout=60) == 3


def test_a_child_that_has_worked_is_started_again(tmp_path: Path) -> None:
    log = tmp_path / "pids"
    process = _start(log, "-c", CHILD)
    until(lambda: len(_pids(log)) == 1, "the child did not start")

    _worked(log).touch()
    os.kill(_pids(log)[0], signal.SIGKILL)

    until(lambda: len(_pids(log)) == 2, "the child was not started again")
    process.terminate()
    process.wait(timeout=60)
