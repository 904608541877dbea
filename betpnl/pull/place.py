"""What a pull remembers on disk: where it stands, and which records it has published.

One SQLite file for each, `<home>/pull/<name>.sqlite`. A page's place and its records are written
in one transaction that is on the disk when it returns, and only after Kafka has the page.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from betpnl.errors import UserError
from betpnl.pull.loading import Pull
from betpnl.pull.paging_file import PagePaging
from betpnl.pull.strict import Strict
from betpnl.stack.memory import exclusive

_BUSY_S = 10.0
# What is remembered may grow this far past its bound before the oldest are looked for.
_SLACK = 1.1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS pull (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    identity TEXT NOT NULL,
    place TEXT NOT NULL,
    turn INTEGER NOT NULL,
    known INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS seen (
    digest BLOB PRIMARY KEY,
    first_walk INTEGER NOT NULL,
    last_turn INTEGER NOT NULL
) WITHOUT ROWID;
"""


class Store:
    """The memory of one pull; held by one process at a time."""

    def __init__(self, connection: sqlite3.Connection, remember: int) -> None:
        self._db, self._remember = connection, remember

    def place(self) -> dict[str, Any]:
        """Where to go on."""
        (text,) = self._db.execute("SELECT place FROM pull").fetchone()
        place: dict[str, Any] = json.loads(text)
        return place

    def first_walks(self, digests: Sequence[bytes]) -> list[int | None]:
        """For each record the walk in which it was first published; None if it was not yet."""
        query = "SELECT first_walk FROM seen WHERE digest = ?"
        found = [self._db.execute(query, (digest,)).fetchone() for digest in digests]
        return [None if row is None else row[0] for row in found]

    def save(self, place: dict[str, Any], digests: Sequence[bytes], walk: int) -> None:
        """Remember a place, and records that Kafka has; on the disk when this returns."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            turn, known = self._db.execute("SELECT turn + 1, known FROM pull").fetchone()
            before = self._db.total_changes
            if self._remember:
                new = [(each, walk, turn) for each in digests]
                self._db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", new)
                known += self._db.total_changes - before
                self._db.executemany(
                    "UPDATE seen SET last_turn = ? WHERE digest = ? AND last_turn < ?",
                    [(turn, each, turn) for each in digests],
                )
            if known > self._remember * _SLACK + 100:
                known -= self._forget()
            self._db.execute(
                "UPDATE pull SET place = ?, turn = ?, known = ?", (json.dumps(place), turn, known)
            )

    def _forget(self) -> int:
        """Drop the records that were not read for the longest; returns how many."""
        oldest = self._db.execute(
            "SELECT last_turn FROM seen ORDER BY last_turn DESC LIMIT 1 OFFSET ?",
            (self._remember,),
        ).fetchone()
        if oldest is None:
            return 0
        return self._db.execute("DELETE FROM seen WHERE last_turn <= ?", oldest).rowcount


@contextmanager
def opened(home: Path, pull: Pull, topic: str, start: dict[str, Any]) -> Iterator[Store]:
    """The memory of a pull, locked against other processes.

    topic: the full name that it publishes to. start: the place of a new one. Raises UserError when
    another process holds it, or when the file now means another list than the place belongs to.
    """
    path = _path(home, pull.name)
    busy = f"{pull.path}: another `betpnl pull` already follows {pull.name} in {home}."
    with exclusive(path.with_suffix(".lock"), busy):
        new = not path.exists()
        path.touch(mode=0o600)
        connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        try:
            try:
                _prepare(connection, pull, topic, start)
            except sqlite3.DatabaseError as error:
                raise UserError(
                    f"{path} cannot be read ({error}); `betpnl pull --from-start {pull.path}` "
                    "begins anew."
                ) from None
            if new:
                _sync_folder(path.parent)
            yield Store(connection, pull.file.remember)
        finally:
            connection.close()


def forget(home: Path, pull: Pull) -> None:
    """Begin anew: what was remembered is removed. Raises UserError while a process holds it."""
    path = _path(home, pull.name)
    busy = f"{pull.path}: another `betpnl pull` already follows {pull.name} in {home}."
    with exclusive(path.with_suffix(".lock"), busy):
        for each in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
            each.unlink(missing_ok=True)


def identity(pull: Pull, topic: str) -> str:
    """What gives a place its meaning: the same list, gone through in the same way."""
    file = pull.file
    parts = {
        "topic": topic,
        "url": file.url,
        "params": dict(file.params),
        "headers": dict(file.headers),
        "paging": _texts(file.paging),
    }
    return hashlib.blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=16).hexdigest()


# Of [paging], what may change without a place losing its meaning.
_FREE = {"sweep_s", "overlap", "more", "origins", "newest_first"}
_SIZE = {"size", "size_parameter"}


def _texts(table: Any) -> dict[str, Any]:
    # A page's number stands for other records once pages have another size.
    free = _FREE if isinstance(table, PagePaging) else _FREE | _SIZE
    texts = {}
    for name in type(table).model_fields:
        value = getattr(table, name)
        if name not in free:
            texts[name] = _texts(value) if isinstance(value, Strict) else _text(value)
    return texts


def _text(value: Any) -> str:
    return str(getattr(value, "text", value))


def _prepare(connection: sqlite3.Connection, pull: Pull, topic: str, start: dict[str, Any]) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(_SCHEMA)
    ours = identity(pull, topic)
    connection.execute(
        "INSERT OR IGNORE INTO pull VALUES (1, ?, ?, 0, 0)", (ours, json.dumps(start))
    )
    (theirs,) = connection.execute("SELECT identity FROM pull").fetchone()
    if theirs != ours:
        raise UserError(
            f"{pull.path}: its address, params, headers, paging or topic is another one than the "
            f"place of {pull.name} belongs to; `betpnl pull --from-start {pull.path}` begins anew "
            '(nothing counts twice), or give the new list a name of its own: name = "…".'
        )


def _path(home: Path, name: str) -> Path:
    folder = home / "pull"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.sqlite"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
