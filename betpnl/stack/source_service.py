"""The two processes that follow a client's MySQL: Kafka Connect, and the mapper."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from betpnl import __version__
from betpnl.errors import UserError
from betpnl.source import state
from betpnl.source.connect_rest import Connect as Rest
from betpnl.source.place import folder, source_of
from betpnl.stack import supervisor
from betpnl.stack.mysql_server import Report
from betpnl.stack.ports import HOST
from betpnl.stack.service import Launch, Service, jars


class _SourceProcess(Service):
    @property
    def log(self) -> Path:
        """Where it logs."""
        return self.place.logs / f"{self.name}.log"

    @property
    def _worked(self) -> Path:
        return folder(self.settings) / f"{self.name}.worked"

    def _launch(self, *command: str) -> Launch:
        source = source_of(self.settings)
        if not source.server.url and self.settings.mysql_flavour == "mariadb":
            raise UserError(
                f"{source.path}: changes can be followed in MySQL only, but mysql_flavour is "
                "mariadb."
            )
        # A password that is not there is said now, not in a log.
        source.server.password()
        folder(self.settings).mkdir(parents=True, exist_ok=True)
        self._worked.unlink(missing_ok=True)
        supervised = (sys.executable, supervisor.__file__, str(self._worked), *command)
        env = {**os.environ, **self.settings.environment()}
        return Launch(supervised, log=self.log, cwd=folder(self.settings), env=env)

    def once_ready(self) -> None:
        """From now on it is started again when it dies."""
        self._worked.touch()


class Connect(_SourceProcess):
    """Kafka Connect with Debezium: the binary log into Kafka."""

    name = "connect"
    wants_ports = (("connect", "", 8083),)

    @property
    def port(self) -> int:
        """The port of its REST interface."""
        return self.place.ports["connect"]

    def prepare(self, report: Report) -> Launch:
        """Check the source file; the process itself waits for Kafka."""
        report("connect: reading the source file")
        jars(self.settings, "connect")
        return self._launch(
            sys.executable, "-m", "betpnl.source.connect_process", str(self.port), str(self.log)
        )

    def answers(self) -> str:
        """Connect's version once its REST interface answers."""
        return Rest(f"http://{HOST}:{self.port}").version()

    def source(self) -> str:
        """Where it came from."""
        return "Maven jars"


class Mapper(_SourceProcess):
    """Reads what has changed again, and publishes it."""

    name = "mapper"

    @property
    def port(self) -> int:
        """None: nobody talks to it."""
        return 0

    def prepare(self, report: Report) -> Launch:
        """Check the source file, and forget how the last mapper did."""
        report("mapper: reading the source file")
        self._state.unlink(missing_ok=True)
        return self._launch(sys.executable, "-m", "betpnl.cli", "source")

    def answers(self) -> str:
        """Our version once it says how it does."""
        return __version__ if state.read(self._state) else ""

    def problems(self) -> list[str]:
        """What it says is wrong, with the stream too."""
        found = state.read(self._state)
        return list(found["problems"].values()) if found else []

    def news(self) -> str:
        """How far it is, in a line."""
        found = state.read(self._state)
        return state.line(found) if found else ""

    @property
    def _state(self) -> Path:
        return folder(self.settings) / "state.json"
