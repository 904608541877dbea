"""What the stack asks of a service that it starts."""

from __future__ import annotations

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack.mysql_server import Report


@dataclass(frozen=True)
class Launch:
    """A process to start. log: where the service itself logs, which `status` shows."""

    command: tuple[str, ...]
    log: Path
    cwd: Path
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


@dataclass(frozen=True)
class Place:
    """Where a home keeps what belongs to one service."""

    settings: Settings
    ports: Mapping[str, int]

    @property
    def home(self) -> Path:
        """The home of all services."""
        return self.settings.home

    @property
    def logs(self) -> Path:
        """Where every log goes."""
        return self.settings.home / "logs"


class Service(ABC):
    """One embedded service. Must not start processes by itself; the stack does that."""

    name: str
    # (port's name, setting or '' where the user cannot set it, preferred port)
    wants_ports: tuple[tuple[str, str, int], ...] = ()
    # Started only when it is asked for by name.
    on_request = False

    def __init__(self, place: Place) -> None:
        self.place = place

    @property
    def settings(self) -> Settings:
        """The settings of this stack."""
        return self.place.settings

    @property
    @abstractmethod
    def port(self) -> int:
        """The port that others talk to."""

    @abstractmethod
    def prepare(self, report: Report) -> Launch:
        """Make folders and files, fetch what is missing; may take long and report."""

    @abstractmethod
    def answers(self) -> str:
        """The version once the service answers, '' until then. Never raises for 'not yet'."""

    def answers_at_all(self) -> str:
        """As `answers`, for a process that another command has started."""
        return self.answers()

    def source(self) -> str:
        """Where the program came from, in words."""
        return ""

    def problems(self) -> list[str]:
        """What is wrong though it answers, a sentence each."""
        return []

    def news(self) -> str:
        """What there is to say about its work, in a line."""
        return ""

    def once_ready(self) -> None:  # noqa: B027
        """What has to be done when it answers, such as topics; safe to repeat."""


def java() -> str:
    """The Java to run: JAVA_HOME's, else the one on the PATH. Raises UserError without."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which(f"{home}/bin/java" if home else "java")
    if found is None:
        raise UserError("Java 17 is not there; install it or point JAVA_HOME at it.")
    return found


def jars(settings: Settings, folder: str) -> Path:
    """A folder of jars in the cache. Raises UserError when setup has not filled it."""
    path = settings.cache / "jars" / folder
    if not any(path.glob("*.jar")):
        raise UserError(f"{path} holds no jars; run make setup (setting cache says where).")
    return path
