"""Parts of the machinery die under load; when they are back, every cent is where it belongs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from betpnl import stack
from tests.e2e.world import World, betpnl, running
from tests.waiting import DEADLINE_S, until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("home")) as ready:
        yield ready


@contextmanager
def _load(world: World, seed: int) -> Iterator[subprocess.Popen[str]]:
    """A replay beside the block; it must have delivered everything when the block ends."""
    replay = subprocess.Popen(
        [
            *(sys.executable, "-m", "betpnl.cli", "replay", "--rate", "300"),
            *("--games", "20", "--game-seconds", "10", "--seconds", "25"),
            *("--seed", str(seed), "--run", f"fault{seed}"),
        ],
        env={**os.environ, **world.settings.environment()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        start = _bets(world)
        until(lambda: _bets(world) > start + 200, "no bets of the replay arrive")
        yield replay
        output, _ = replay.communicate(timeout=DEADLINE_S)
        assert replay.returncode == 0, output[-3000:]
    finally:
        if replay.poll() is None:
            replay.kill()
            replay.wait()


def _bets(world: World) -> int:
    return int(world.row("SELECT COUNT(*) FROM bet")[0])


def _python_workers(world: World) -> list[int]:
    """Processes of ours that run the job's Python functions."""
    mark = str(world.settings.home).encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if (
                entry.name.isdigit()
                and b"beam_boot" in (entry / "cmdline").read_bytes()
                and mark in (entry / "environ").read_bytes()
            ):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def test_the_python_worker_is_killed(world: World) -> None:
    before = world.restarts()
    with _load(world, 1):
        workers = _python_workers(world)
        assert workers, "no Python worker found"
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        until(lambda: world.restarts() > before, "the job did not notice")
    world.until_running()

    world.verify()


def test_the_taskmanager_is_killed(world: World) -> None:
    with _load(world, 2):
        stack.stop(world.settings, names=["taskmanager"], kill=True)
        stack.start(world.settings, names=["taskmanager"])
    world.until_running()

    world.verify()


def test_mysql_is_restarted(world: World) -> None:
    with _load(world, 3):
        stack.stop(world.settings, names=["mysql"])
        stack.start(world.settings, names=["mysql"])
    world.until_running()

    world.verify()


def test_mysql_is_killed(world: World) -> None:
    with _load(world, 4):
        stack.stop(world.settings, names=["mysql"], kill=True)
        stack.start(world.settings, names=["mysql"])
    world.until_running()

    world.verify()


def test_kafka_is_restarted(world: World) -> None:
    with _load(world, 5):
        stack.stop(world.settings, names=["kafka"])
        stack.start(world.settings, names=["kafka"])
    world.until_running()

    world.verify()


def test_everything_goes_down_and_the_job_resumes_where_it_was(world: World) -> None:
    with _load(world, 6):
        pass
    placed = world.rows("SELECT * FROM game_placed ORDER BY game_id")
    world.verify()
    assert betpnl(world.settings, "down").returncode == 0
    assert betpnl(world.settings, "up").returncode == 0

    submitted = betpnl(world.settings, "submit")

    assert submitted.returncode == 0, submitted.stdout + submitted.stderr
    world.until_running()
    world.verify()
    assert world.rows("SELECT * FROM game_placed ORDER BY game_id")[0][:4] == placed[0][:4]
