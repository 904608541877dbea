"""`betpnl upkeep` as one of the services."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from betpnl import __version__
from betpnl.stack import supervisor
from betpnl.stack.mysql_server import Report
from betpnl.stack.service import Launch, Service
from betpnl.upkeep.state import folder, problems


class Upkeep(Service):
    """Does its duties on this deployment's MySQL and Kafka; waits for both."""

    name = "upkeep"

    @property
    def port(self) -> int:
        """None: nobody talks to it."""
        return 0

    def prepare(self, report: Report) -> Launch:
        """Forget how the last one did."""
        report("upkeep: starting")
        home = folder(self.settings)
        home.mkdir(parents=True, exist_ok=True)
        self.place.logs.mkdir(parents=True, exist_ok=True)
        self._state.unlink(missing_ok=True)
        self._worked.unlink(missing_ok=True)
        command = (sys.executable, "-m", "betpnl.cli", "upkeep")
        return Launch(
            (sys.executable, supervisor.__file__, str(self._worked), *command),
            log=self.place.logs / "upkeep.log",
            cwd=home,
            env={**os.environ, **self.settings.environment()},
        )

    def answers(self) -> str:
        """Our version once it has begun."""
        return "" if problems(self._state) is None else __version__

    def problems(self) -> list[str]:
        """What it says is wrong, by duty."""
        return [f"{duty}: {text}" for duty, text in (problems(self._state) or {}).items()]

    def once_ready(self) -> None:
        """From now on it is started again when it dies."""
        self._worked.touch()

    @property
    def _state(self) -> Path:
        return folder(self.settings) / "state.json"

    @property
    def _worked(self) -> Path:
        return folder(self.settings) / "upkeep.worked"
