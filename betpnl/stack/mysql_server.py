"""A MySQL or MariaDB server on disk, and which one to take."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from betpnl.errors import UserError
from betpnl.settings import Settings

Report = Callable[[str], None]
"""Takes one line about what is going on, for a progress display."""

Flavour = Literal["mysql", "mariadb"]

# The oldest that Oracle still mends; the tests run on 9.7.
MYSQL_VERSION_MIN = (8, 4)


@dataclass(frozen=True)
class MysqlServer:
    """How to run one server.

    command: what starts mysqld, before its options. options: where it finds its own files.
    install: what fills a new data folder; () where mysqld does that itself.
    """

    flavour: Flavour
    version: str
    source: str
    command: tuple[str, ...]
    options: tuple[str, ...] = ()
    install: tuple[str, ...] = ()


def find(settings: Settings, report: Report) -> MysqlServer:
    """The server that the settings ask for, fetched when it is not there yet.

    `auto` and `mysql`: a MySQL on the PATH, else MySQL from Debian's packages; `auto` falls
    back on MariaDB. Raises UserError where none can be had.
    """
    from betpnl.stack import mysql_debian, mysql_mariadb

    if settings.mysql_flavour == "mariadb":
        return mysql_mariadb.fetch(settings.cache, report)
    on_path = mysql_on_path()
    if on_path is not None:
        return on_path
    try:
        return mysql_debian.fetch(settings.cache, report)
    except UserError as error:
        if settings.mysql_flavour == "mysql":
            raise UserError(
                f"MySQL cannot be had here: {error} Put a mysqld on the PATH, or set mysql_url "
                f"to a server, or mysql_flavour to mariadb."
            ) from None
        report(f"{error} Taking MariaDB instead.")
        return mysql_mariadb.fetch(settings.cache, report)


def mysql_on_path() -> MysqlServer | None:
    """The `mysqld` on the PATH, if it is a MySQL that is new enough; MariaDB's does not count."""
    mysqld = shutil.which("mysqld")
    if mysqld is None:
        return None
    version = version_of((mysqld,))
    if "MariaDB" in version or version_tuple(version) < MYSQL_VERSION_MIN:
        return None
    return MysqlServer("mysql", version, f"mysqld on the PATH ({mysqld})", (mysqld,))


def version_of(command: tuple[str, ...]) -> str:
    """What `mysqld --version` says after `Ver`; '' when it does not start."""
    try:
        shown = subprocess.run(
            [*command, "--no-defaults", "--version"], capture_output=True, text=True, timeout=30
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"Ver\s+(\S+)", shown)
    return found.group(1) if found else ""


def version_tuple(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: '9.7.4-2' gives (9, 7, 4)."""
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("-")[0]))
