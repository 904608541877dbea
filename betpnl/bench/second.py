"""A second TaskManager for a deployment of the benchmark's own, as on a second machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from betpnl.bench.screen import Screen
from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack.flink_service import TaskManager
from betpnl.stack.memory import Memory
from betpnl.stack.mysql_server import Report
from betpnl.stack.process import end, is_alive, spawn, tail
from betpnl.stack.service import Launch, Place

_LOOK_S = 0.1
_IDENT = "second"


class SecondTaskManager(TaskManager):
    """As the first, with folders and logs of its own."""

    name = "taskmanager-2"

    @property
    def log(self) -> Path:
        """Where Flink's scripts let it log."""
        return self.place.logs / f"flink-{_IDENT}-{self.entry_point}-0-local.log"

    def prepare(self, report: Report) -> Launch:
        """As the first."""
        launch = super().prepare(report)
        return replace(launch, env={**launch.env, "FLINK_IDENT_STRING": _IDENT})


@contextmanager
def second_taskmanager(settings: Settings, screen: Screen) -> Iterator[dict[str, int]]:
    """A second TaskManager for the length of the block; yields its process by name."""
    service = SecondTaskManager(Place(settings, Memory.read(settings.home).ports))
    launch = service.prepare(lambda line: screen.say(service.name, line))
    mark = str(settings.home)
    process = spawn(launch.command, log=launch.log, env=launch.env, cwd=launch.cwd, mark=mark)
    try:
        deadline_s = time.monotonic() + settings.start_timeout_s
        while not service.answers():
            if process is None or not is_alive(process) or time.monotonic() > deadline_s:
                raise UserError(
                    f"The second TaskManager did not start in {settings.start_timeout_s} s "
                    f"(start_timeout_s); its log {launch.log} ends with:\n{tail(launch.log)}"
                )
            time.sleep(_LOOK_S)
        screen.say(service.name, "ready")
        assert process is not None
        yield {service.name: process.pid}
    finally:
        if process is not None:
            end(process, mark=mark, timeout_s=settings.stop_timeout_s, kill=True)
