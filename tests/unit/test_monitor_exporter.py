"""`betpnl exporter` with nothing to look at: it serves, says what is down, and ends in order."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from betpnl.errors import UserError
from betpnl.monitor.exporter import Monitor, metrics_page, require_privacy, serve
from betpnl.settings import Settings
from tests.unit.api_serving import NOWHERE
from tests.waiting import until

DOWN = {f'betpnl_part_up{{part="{part}"}} 0.0' for part in ("mysql", "kafka", "jobmanager")}


@contextmanager
def _exporter(home: Path, output: IO[str]) -> Iterator[subprocess.Popen[str]]:
    environment = {
        **os.environ,
        "BETPNL_HOME": str(home),
        "BETPNL_KAFKA_BOOTSTRAP": NOWHERE,
        "BETPNL_FLINK_REST_URL": f"http://{NOWHERE}",
    }
    command = (sys.executable, "-m", "betpnl.cli", "exporter")
    process = subprocess.Popen(
        command, env=environment, stdout=output, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_it_says_what_is_down_and_ends_with_a_signal(tmp_path: Path) -> None:
    log = tmp_path / "log"

    def address() -> str:
        found = re.search(r"http://127\.0\.0\.1:\d+/metrics", log.read_text())
        return found[0] if found else ""

    def page() -> set[str]:
        with urllib.request.urlopen(address(), timeout=5) as answer:
            return set(answer.read().decode().splitlines())

    with log.open("w") as output, _exporter(tmp_path, output) as process:
        until(lambda: bool(address()), lambda: f"no address: {log.read_text()}")
        until(lambda: page() >= DOWN, "not told what is down")
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=30) == 0
    assert "Traceback" not in log.read_text()


def test_figures_are_not_shown_to_the_network_by_accident(tmp_path: Path) -> None:
    open_to_all = Settings.load(home=tmp_path, exporter_host="0.0.0.0")

    with pytest.raises(UserError, match="exporter_open"):
        require_privacy(open_to_all)
    require_privacy(open_to_all.model_copy(update={"exporter_open": True}))
    require_privacy(Settings.load(home=tmp_path))


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        settings = Settings.load(home=tmp_path, exporter_port=busy.getsockname()[1])

        with pytest.raises(UserError, match="exporter_port"):
            serve(settings, Monitor(settings))


def test_the_board_gets_the_same_page(tmp_path: Path) -> None:
    monitor = Monitor(Settings.load(home=tmp_path))

    answer = metrics_page(monitor)

    assert answer.media_type is not None
    assert answer.media_type.startswith("text/plain")
    assert answer.body == monitor.page()
    assert monitor.verdict().level == "quiet"
