"""Processes: ended exactly, with what they left behind, and never somebody else's."""

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from betpnl.stack import process
from betpnl.stack.process import Identity
from tests.waiting import DEADLINE_S, until

MARK = "a home of this test"


def _spawn(tmp_path: Path, script: str) -> Identity:
    found = process.spawn(
        ["bash", "-c", script],
        log=tmp_path / "log",
        env=dict(os.environ),
        cwd=tmp_path,
        mark=MARK,
    )
    assert found is not None
    return found


def test_graceful_end_lets_the_process_clean_up(tmp_path: Path) -> None:
    script = "trap 'echo cleaned; exit' TERM; echo ready; while :; do sleep 0.05; done"
    started = _spawn(tmp_path, script)
    until(lambda: "ready" in process.tail(tmp_path / "log"), "the process did not start")

    assert process.end(started, mark=MARK, timeout_s=DEADLINE_S)

    assert not process.is_alive(started)
    assert "cleaned" in process.tail(tmp_path / "log")


def test_process_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    started = _spawn(tmp_path, "trap '' TERM; echo ready; while :; do sleep 0.05; done")
    until(lambda: "ready" in process.tail(tmp_path / "log"), "the process did not start")

    assert not process.end(started, mark=MARK, timeout_s=0.3)
    assert not process.is_alive(started)


def test_children_of_a_crashed_process_are_ended_too(tmp_path: Path) -> None:
    started = _spawn(tmp_path, "sleep 1000 & echo ready; wait")
    until(lambda: "ready" in process.tail(tmp_path / "log"), "the process did not start")
    os.kill(started.pid, signal.SIGKILL)
    until(lambda: not process.is_alive(started), "the leader still runs")
    (child,) = process.session_members(started, MARK)

    process.end(started, mark=MARK, timeout_s=DEADLINE_S)

    assert not process.is_alive(child)


def test_other_process_with_the_same_pid_is_left_alone(tmp_path: Path) -> None:
    stranger = _spawn(tmp_path, "sleep 1000")
    remembered = replace(stranger, started_ticks=stranger.started_ticks - 1)
    try:
        assert not process.is_alive(remembered)
        process.end(remembered, mark="another home", timeout_s=1)
        assert process.is_alive(stranger)
        process.end(replace(stranger, boot_id="another boot"), mark=MARK, timeout_s=1)
        assert process.is_alive(stranger)
    finally:
        process.end(stranger, mark=MARK, timeout_s=DEADLINE_S, kill=True)


def test_process_that_is_gone_has_no_identity(tmp_path: Path) -> None:
    started = _spawn(tmp_path, "sleep 0.3")
    until(lambda: not process.is_alive(started), "the process still runs")
    assert process.identify(started.pid) != started


@pytest.mark.parametrize("count", [0, 3])
def test_tail_is_the_last_lines(tmp_path: Path, count: int) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {n}\n" for n in range(count)), encoding="utf-8")
    assert process.tail(log, lines=2) == "\n".join(f"line {n}" for n in range(count)[-2:])
    assert process.tail(tmp_path / "missing") == ""
