"""The real services: all of them come up, do what the settings say, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from betpnl import stack
from betpnl.errors import UserError
from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack import process, topics
from betpnl.stack.memory import Memory
from betpnl.stack.status import status
from tests.waiting import DEADLINE_S, until

pytestmark = pytest.mark.e2e

# Small, so that the machine has room for the other tests' stacks.
SMALL = {
    "flink_jobmanager_mb": 800,
    "flink_taskmanager_mb": 1024,
    "mysql_buffer_pool_mb": 64,
    "kafka_heap_mb": 256,
    "start_timeout_s": DEADLINE_S,
}


def _settings(home: Path, **values: object) -> Settings:
    return Settings.load(home=home, **{**SMALL, **values})


def _betpnl(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "betpnl.cli", *arguments],
        env={**os.environ, **settings.environment()},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )


def _left_behind(home: Path) -> list[str]:
    """Commands of processes that carry the mark of a home."""
    mark = f"{process.MARK}={home}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append((entry / "cmdline").read_text().replace("\0", " ")[:100])
        except OSError:
            continue
    return found


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home of one test's own; whatever the test left running there is ended."""
    yield tmp_path
    stack.stop(_settings(tmp_path), kill=True)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    settings = _settings(tmp_path_factory.mktemp("a home with blanks"))
    started = _betpnl(settings, "up")
    try:
        assert started.returncode == 0, started.stderr
        yield settings
    finally:
        stopped = _betpnl(settings, "down")
        assert stopped.returncode == 0, stopped.stderr
    assert _left_behind(settings.home) == []


def test_status_shows_each_service_with_version_and_log(running: Settings) -> None:
    assert [(each.name, each.state) for each in status(running)] == [
        (name, "running") for name in ("mysql", "kafka", "jobmanager", "taskmanager", "upkeep")
    ]
    shown = _betpnl(running, "status")
    assert shown.returncode == 0
    for each in status(running):
        assert each.version in shown.stdout
        assert Path(each.log).is_file()


def test_mysql_is_durable_binary_and_in_utc(running: Settings) -> None:
    found = stack.endpoints(running)
    with connect(found) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT @@innodb_flush_log_at_trx_commit, @@collation_database, "
            "@@global.time_zone, @@session.time_zone"
        )
        assert cursor.fetchone() == (1, "utf8mb4_0900_bin", "+00:00", "+00:00")
        # Nothing follows it.
        cursor.execute("SELECT @@log_bin")
        assert cursor.fetchone() == (0,)
    assert tuple(int(part) for part in found.mysql_version.split(".")[:2]) >= (8, 4)


def test_read_user_may_only_read(running: Settings) -> None:
    found = stack.endpoints(running)
    with connect(found) as writer, writer.cursor() as cursor:
        cursor.execute("CREATE TABLE may_read (a INT)")
        try:
            with connect(found, read_only=True) as reader, reader.cursor() as reading:
                reading.execute("SELECT * FROM may_read")
                with pytest.raises(pymysql.err.OperationalError, match="denied"):
                    reading.execute("INSERT INTO may_read VALUES (1)")
        finally:
            cursor.execute("DROP TABLE may_read")


def test_a_database_that_folds_case_is_refused_with_the_fix(running: Settings) -> None:
    folding = running.model_copy(update={"mysql_database": "betpnl_folding"})
    with connect(stack.endpoints(running)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE betpnl_folding COLLATE utf8mb4_0900_ai_ci")
        try:
            refused = _betpnl(folding, "submit")
        finally:
            cursor.execute("DROP DATABASE betpnl_folding")

    assert refused.returncode != 0
    assert "utf8mb4_0900_ai_ci" in refused.stderr
    assert "ALTER DATABASE" in refused.stderr


def test_topics_are_there_and_kept_for_ever(running: Settings) -> None:
    present = topics.client(stack.endpoints(running).kafka_bootstrap).list_topics(timeout=60).topics
    for name in topics.names(running):
        assert len(present[name].partitions) == running.topic_partitions
    with pytest.raises(UserError, match="topic_partitions is 9"):
        topics.create(
            _settings(running.home, topic_partitions=9), stack.endpoints(running).kafka_bootstrap
        )


def test_second_up_changes_nothing(running: Settings) -> None:
    before = Memory.read(running.home).services
    assert _betpnl(running, "up").returncode == 0
    assert Memory.read(running.home).services == before


def test_crash_is_seen_and_mended_by_the_next_up_with_its_data(running: Settings) -> None:
    found = stack.endpoints(running)
    with connect(found) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE survives (a INT)")
        cursor.execute("INSERT INTO survives VALUES (42)")
    before = Memory.read(running.home).services
    for name in ("mysql", "taskmanager"):
        crashed = before[name].process
        assert crashed is not None
        os.kill(crashed.pid, signal.SIGKILL)
        until(lambda each=crashed: not process.is_alive(each), f"{name} still runs")  # type: ignore[misc]

    assert {each.name for each in status(running) if each.state == "crashed"} == {
        "mysql",
        "taskmanager",
    }
    assert _betpnl(running, "status").returncode == 1
    stack.start(running)
    assert stack.endpoints(running) == found

    after = Memory.read(running.home).services
    assert after["kafka"].process == before["kafka"].process
    assert after["mysql"].process != before["mysql"].process
    with connect(found) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT a FROM survives")
        assert cursor.fetchone() == (42,)
        cursor.execute("DROP TABLE survives")


def test_one_service_is_killed_and_started_again(running: Settings) -> None:
    before = stack.endpoints(running)
    assert stack.stop(running, names=["kafka"], kill=True) == ["kafka"]
    with pytest.raises(UserError, match="kafka_bootstrap"):
        stack.endpoints(running)
    stack.start(running, names=["kafka"])
    assert stack.endpoints(running) == before
    with pytest.raises(UserError, match="no service kafak"):
        stack.stop(running, names=["kafak"])


def test_port_in_use_names_the_setting_and_starts_nothing(home: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = _betpnl(_settings(home, kafka_port=port), "up")
    assert done.returncode == 2
    assert f"Setting kafka_port is {port}, but that port is in use" in done.stderr
    assert "Traceback" not in done.stderr
    assert _left_behind(home) == []


def test_service_that_dies_shows_its_log_and_takes_the_others_along(home: Path) -> None:
    # JobManager and TaskManager refuse a memory that cannot hold their own parts.
    done = _betpnl(_settings(home, flink_jobmanager_mb=100), "up")
    assert done.returncode == 2
    assert "jobmanager died at start; its log" in done.stderr
    assert "flink-betpnl-standalonesession-0-local.log ends with:" in done.stderr
    assert "Traceback" not in done.stderr
    assert _left_behind(home) == []


def test_ctrl_c_ends_a_stack_in_the_foreground(home: Path) -> None:
    settings = _settings(home)
    log = home / "terminal"
    with log.open("wb") as output:
        terminal = subprocess.Popen(
            [sys.executable, "-m", "betpnl.cli", "up", "--foreground"],
            env={**os.environ, **settings.environment()},
            stdout=output,
            stderr=output,
        )
    try:
        until(lambda: "Ctrl-C stops the services" in log.read_text(), "the stack is not ready")
        terminal.send_signal(signal.SIGINT)
        assert terminal.wait(timeout=DEADLINE_S) == 0, log.read_text()
    finally:
        terminal.kill()
    assert _left_behind(home) == []


def test_mariadb_takes_the_place_of_mysql(home: Path) -> None:
    settings = _settings(home, mysql_flavour="mariadb")
    stack.start(settings, names=["mysql"])
    try:
        (mysql,) = (each for each in status(settings) if each.name == "mysql")
        assert mysql.state == "running"
        assert "MariaDB" in mysql.version
    finally:
        stack.stop(settings)
    assert _left_behind(home) == []
