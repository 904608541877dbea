"""Asks every part how it is, beside everything else, and says it in one sentence."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pymysql.connections import Connection

from betpnl.monitor.asking import Asking
from betpnl.monitor.flink import FlinkReader
from betpnl.monitor.kafka import KafkaReader
from betpnl.monitor.parts import Flink, Kafka, Said, Simple
from betpnl.monitor.verdict import Verdict, verdict
from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack import resolve
from betpnl.stack.control import embedded
from betpnl.stack.memory import Memory
from betpnl.stack.source_service import Connect, Mapper
from betpnl.stack.status import embedded_status
from betpnl.stack.upkeep_service import Upkeep

EVERY_S = 2.0
_MYSQL_TIMEOUT_S = 2
_SOURCES = (Connect.name, Mapper.name, Upkeep.name)


class Parts:
    """A thread for each part asks it every two seconds; nobody else ever waits for one.

    Of `said` and `verdict` neither blocks nor raises.
    """

    def __init__(self, settings: Settings, every_s: float = EVERY_S) -> None:
        self._settings = settings
        self._mysql = Asking("mysql", MysqlReader(settings).read, _down, every_s)
        self._kafka = Asking(
            "kafka", KafkaReader(settings).read, lambda why: Kafka(False, why), every_s
        )
        self._flink = Asking(
            "flink", FlinkReader(settings).read, lambda why: Flink(False, why), every_s
        )
        self._sources = {
            kind.name: Asking(kind.name, _source(settings, kind.name), _down, every_s)
            for kind in embedded(settings)
            # Beside a MySQL of somebody else's, upkeep runs wherever its owner has it run.
            if kind.name in _SOURCES and not (kind is Upkeep and settings.mysql_url)
        }
        self._all: tuple[Asking[Any], ...] = (
            self._mysql,
            self._kafka,
            self._flink,
            *self._sources.values(),
        )

    def start(self) -> None:
        """Ask from now on."""
        for each in self._all:
            each.start()

    def stop(self) -> None:
        """Ask no more; does not wait for a question under way."""
        for each in self._all:
            each.stop()

    @property
    def said(self) -> Said:
        """The newest answers."""
        sources = {name: each.now() for name, each in self._sources.items()}
        return Said(
            mysql=self._mysql.now(),
            kafka=self._kafka.now(),
            flink=self._flink.now(),
            sources={name: answer for name, answer in sources.items() if answer is not None},
        )

    def verdict(self, figure_age_s: float | None = None, stale: str = "") -> Verdict:
        """What to tell people now.

        figure_age_s: since any game's figures changed last. stale: why they cannot be read.
        """
        return verdict(
            self.said,
            now_s=time.time(),
            checkpoint_interval_s=self._settings.checkpoint_interval_ms / 1000,
            figure_age_s=figure_age_s,
            stale=stale,
        )


class MysqlReader:
    """Keeps a connection, of the user who may only read."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connection: Connection | None = None

    def read(self) -> Simple:
        """Ask now. Raises UserError, OSError or pymysql.MySQLError when MySQL is away."""
        try:
            if self._connection is None:
                self._connection = connect(
                    resolve.external_mysql(self._settings)
                    if self._settings.mysql_url
                    else resolve.mysql(self._settings),
                    read_only=True,
                    connect_timeout_s=_MYSQL_TIMEOUT_S,
                    read_timeout_s=_MYSQL_TIMEOUT_S,
                )
            with self._connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except BaseException:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection._force_close()
            raise
        return Simple(True)


def _source(settings: Settings, name: str) -> Callable[[], Simple]:
    def ask() -> Simple:
        found = embedded_status(settings, Memory.read(settings.home), name)
        if found.state != "running":
            return Simple(False, f"{name} is {found.state}")
        return Simple(not found.problems, "; ".join(found.problems))

    return ask


def _down(why: str) -> Simple:
    return Simple(False, why)
