"""The board as one of the services: started when it is asked for by name, as the demo does."""

from __future__ import annotations

import os
import sys
import urllib.request
from pathlib import Path

from betpnl.stack import supervisor
from betpnl.stack.mysql_server import Report
from betpnl.stack.ports import HOST
from betpnl.stack.service import Launch, Place, Service


class Board(Service):
    """`betpnl board`, on this home's MySQL."""

    name = "board"
    on_request = True
    wants_ports = (("board", "board_port", 8050),)

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._worked = place.home / "board.worked"

    @property
    def port(self) -> int:
        """The port of its pages."""
        return self.place.ports["board"]

    def prepare(self, report: Report) -> Launch:
        """Nothing but the log's folder."""
        report("board: starting")
        self.place.logs.mkdir(parents=True, exist_ok=True)
        self._worked.unlink(missing_ok=True)
        command = (sys.executable, "-m", "betpnl.cli", "board", "--port", str(self.port))
        return Launch(
            (sys.executable, supervisor.__file__, str(self._worked), *command),
            log=self.log,
            cwd=self.place.home,
            env={**os.environ, **self.settings.environment()},
        )

    @property
    def log(self) -> Path:
        """Where it logs."""
        return self.place.logs / "board.log"

    def answers(self) -> str:
        """Its version once it answers."""
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self.port}/healthz", timeout=2) as answer:
                return str(answer.read().decode().strip())
        except (OSError, ValueError):
            return ""

    def once_ready(self) -> None:
        """From now on it is started again when it dies."""
        self._worked.touch()
