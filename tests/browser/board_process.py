"""A real `betpnl board`: a process that can be ended and started again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from betpnl.settings import Settings
from tests.waiting import DEADLINE_S, until


@dataclass
class BoardProcess:
    """One board, or none while it is ended. Started again it listens where it did."""

    settings: Settings
    log: Path
    arguments: tuple[str, ...] = ()
    url: str = ""
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it and wait until it answers."""
        port = urlsplit(self.url).port or 0
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "betpnl.cli", "board"),
                    *("--port", str(port), *self.arguments),
                ],
                env={**os.environ, **self.settings.environment()},
                stdout=output,
                stderr=output,
            )
        until(lambda: self._answers() or self._process.poll() is not None, self.log.read_text)
        assert self._process.poll() is None, self.log.read_text()

    def end(self) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(DEADLINE_S)

    def kill(self) -> None:
        """End it without a goodbye."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        said = re.findall(r"^Board: (\S+)$", self.log.read_text(), re.MULTILINE)
        if not said:
            return False
        self.url = said[-1]
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.TransportError:
            return False


@contextmanager
def serving(settings: Settings, log: Path, *arguments: str) -> Iterator[BoardProcess]:
    """A board for as long as the block lasts."""
    board = BoardProcess(settings, log, arguments)
    try:
        board.start()
        yield board
    finally:
        board.kill()
