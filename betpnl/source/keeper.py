"""Keeps the stream going: makes it in Kafka Connect, starts it again, and begins another one when
the old one has lost its place.

A stream that begins at the present misses what was changed before. So the mapper looks at
everything once it has begun; nothing depends on why the old one ended.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pymysql.connections import Connection

from betpnl.errors import UserError
from betpnl.source import connection
from betpnl.source.connect_rest import Connect, ConnectError
from betpnl.source.connection import Address
from betpnl.source.connector import HEARTBEAT_MS, configuration
from betpnl.source.file import Source
from betpnl.source.state import State
from betpnl.stack.memory import write_private

_LOOK_EVERY_S = 1.0
_LOGS_EVERY_S = 10.0
_SILENCE_MAX_S = 10 * HEARTBEAT_MS / 1000
_PAUSE_MIN_S, _PAUSE_MAX_S = 1.0, 60.0


@dataclass
class Origin:
    """What the stream goes by. generation: how many were begun. logs: each log's size, in order."""

    generation: int = 1
    tables: str = ""
    server: str = ""
    logs: dict[str, int] = field(default_factory=dict)

    def began_anew(self, server: str, logs: dict[str, int]) -> str:
        """Why the binary log is not the one that it was; '' when it is.

        A log is only ever appended to, and only the oldest ones go.
        """
        if not self.server:
            return ""
        if server != self.server:
            return "the server is another one"
        before, now = _numbered(self.logs), _numbered(logs)
        if not before or not now:
            return ""
        last = max(before)
        changed = any(
            now[number] != before[number] for number in (now.keys() & before.keys()) - {last}
        )
        if (
            changed
            or min(now) < min(before)
            or max(now) < last
            or now.get(last, 1 << 63) < before[last]
        ):
            return "the binary log was reset"
        return ""


class Keeper:
    """A thread beside the mapper. stop() ends it."""

    def __init__(
        self,
        source: Source,
        address: Callable[[], Address],
        connect: Callable[[], Connect],
        state: State,
        folder: Path,
        topic: str,
        silent_s: Callable[[], float],
    ) -> None:
        """connect: Kafka Connect; raises UserError while it is not there. silent_s: for how long
        nothing has come out of the stream."""
        self._source, self._address, self._connect = source, address, connect
        self._state, self._folder, self._topic, self._silent_s = state, folder, topic, silent_s
        self._path = folder / "stream.json"
        self._origin = _read(self._path)
        self._wanted = ""
        self._mysql: Connection | None = None
        self._restart_s, self._pause_s = 0.0, _PAUSE_MIN_S
        self._logs_s = self._running_s = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin to look after the stream."""
        self._thread.start()

    def stop(self) -> None:
        """Leave the stream as it is."""
        self._end.set()
        self._thread.join(timeout=5)

    def begin_another(self, reason: str) -> None:
        """Ask for a stream that begins at the present."""
        self._wanted = reason

    def _run(self) -> None:
        while not self._end.is_set():
            try:
                self._look()
            except (ConnectError, UserError) as error:
                self._state.connector = "not answering"
                self._state.problem("stream", str(error))
            except connection.FAILURES as error:
                self._close()
                self._state.problem("stream", f"MySQL: {connection.sentence(error)}")
            self._state.write()
            self._end.wait(_LOOK_EVERY_S)
        self._close()

    def _look(self) -> None:
        connect = self._connect()
        running = connect.connectors()
        name = f"source-{self._origin.generation}"
        if name not in running:
            # Whatever happened while nobody looked.
            self._logs_s = 0.0
        reason = self._wanted or self._tables_changed() or self._began_anew()
        if reason:
            self._begin(reason)
            name, self._wanted = f"source-{self._origin.generation}", ""
        for other in running:
            if other != name:
                connect.delete(other)
        if name not in running:
            to = self._address()
            # Connect's own words for a server that is away tell nothing.
            connection.connect(to).close()
            settings = configuration(
                self._source, to, self._topic, self._origin.generation, self._folder
            )
            connect.put(name, settings)
            self._state.connector, self._running_s = "starting", time.monotonic()
            return
        self._judge(connect, name)

    def _judge(self, connect: Connect, name: str) -> None:
        now_s, found = time.monotonic(), connect.state(name)
        self._state.connector = found.state.lower()
        if found.state == "FAILED":
            self._state.problem("stream", f"The stream has failed: {found.cause}")
            if found.lost_its_place:
                self.begin_another(found.cause)
            else:
                self._restart(connect, name)
            return
        quiet_s = min(self._silent_s(), now_s - self._running_s)
        if found.state == "RUNNING" and quiet_s < _SILENCE_MAX_S:
            self._state.solved("stream")
            if self._silent_s() < _SILENCE_MAX_S:
                self._pause_s = _PAUSE_MIN_S
        elif quiet_s > _SILENCE_MAX_S:
            self._state.problem("stream", f"Nothing has come from MySQL for {quiet_s:.0f} s.")
            self._restart(connect, name)

    def _restart(self, connect: Connect, name: str) -> None:
        now_s = time.monotonic()
        if now_s < self._restart_s:
            return
        self._restart_s = now_s + self._pause_s
        self._pause_s = min(_PAUSE_MAX_S, 2 * self._pause_s)
        self._running_s = now_s
        connect.restart(name)

    def _begin(self, reason: str) -> None:
        for old in self._folder.glob("history-*"):
            old.unlink()
        self._origin = Origin(self._origin.generation + 1, _fingerprint(self._source))
        self._save()
        self._logs_s = 0.0
        self._state.log(f"stream {self._origin.generation} begins: {reason}")

    def _tables_changed(self) -> str:
        tables = _fingerprint(self._source)
        if self._origin.tables == tables:
            return ""
        if self._origin.tables:
            return "the source file names other tables"
        self._origin.tables = tables
        self._save()
        return ""

    def _began_anew(self) -> str:
        """Whether the server's binary log is still the one that was followed. Raises FAILURES."""
        now_s = time.monotonic()
        if now_s - self._logs_s < _LOGS_EVERY_S:
            return ""
        server, logs = self._logs()
        reason = self._origin.began_anew(server, logs)
        if not reason and (server, logs) != (self._origin.server, self._origin.logs):
            self._origin.server, self._origin.logs = server, logs
            self._save()
        self._logs_s = now_s
        return reason

    def _logs(self) -> tuple[str, dict[str, int]]:
        if self._mysql is None:
            self._mysql = connection.connect(self._address())
        with self._mysql.cursor() as cursor:
            cursor.execute("SELECT @@server_uuid")
            (server,) = cursor.fetchone()
            cursor.execute("SHOW BINARY LOGS")
            return str(server), {str(row[0]): int(row[1]) for row in cursor.fetchall()}

    def _close(self) -> None:
        if self._mysql is not None:
            with contextlib.suppress(*connection.FAILURES):
                self._mysql.close()
        # After it was away it may be another one.
        self._mysql, self._logs_s = None, 0.0

    def _save(self) -> None:
        write_private(self._path, json.dumps(asdict(self._origin), indent=2) + "\n")


def _numbered(logs: dict[str, int]) -> dict[int, int]:
    """Sizes by the number at the end of each log's name."""
    return {int(name.rpartition(".")[2]): size for name, size in logs.items()}


def _fingerprint(source: Source) -> str:
    server = (source.server.host, source.server.port)
    tables = sorted((name, sorted(columns)) for name, columns in source.tables.items())
    return hashlib.sha256(repr((server, tables)).encode()).hexdigest()[:16]


def _read(path: Path) -> Origin:
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Origin()
    return Origin(**values)
