"""What the mapper remembers: one SQLite file, changed in one transaction a batch.

A batch is written here before it goes to Kafka, word for word, with the place in the stream
behind it. After a crash the last batch is sent again with the same versions and contents, and
nothing is read twice under one version.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from betpnl.source.claims import Claim, plain_keys

_SCHEMA = """
CREATE TABLE IF NOT EXISTS known (
    section TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    content BLOB NOT NULL,
    record BLOB,
    day INTEGER NOT NULL,
    sweep INTEGER NOT NULL,
    PRIMARY KEY (section, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS claim (
    section TEXT NOT NULL,
    record BLOB NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    PRIMARY KEY (section, record)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS again (
    section TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (section, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (topic TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
# Below the number of variables that SQLite takes.
_CHUNK = 10_000
GONE = b""
"""The content of a record that is not in MySQL any more."""

# Words that most records hold. What was packed with it needs it for ever: never change it.
_WORDS = (
    b'"away":"result":"score_away":"score_home":"minute":"starts_at":"settled_at":"prices":{'
    b'"certainty":"confirmed","region":"","channel":"web","customer_id":"cash_out":{"amount":'
    b'"fraction":"market_odds":{"home":"draw":"away":"over":"under":"pre_match_odds":{'
    b'"accumulator","status":"settled"cancelled"cashed_out","accepted_at":"2026-01-01T00:00:00Z",'
    b'"bet_id":"","bet_type":"single","currency":"EUR","fx_rate":"legs":[{"competition":"",'
    b'"game_id":"","in_play":false,"leg":1,"line":"","market":"match_result","odds":1.5,'
    b'"selection":"home","sport":"football"}],"stake":10.00,"stake_type":"cash","status":"accepted"'
)


@dataclass(frozen=True)
class Known:
    """What was published of a record last.

    content: digest of all but the version. record: the last one that was valid, as JSON without
    its version; None when there was none, or it was cancelled because its row had gone.
    """

    version: int
    content: bytes
    record: bytes | None
    day: int = 0


@dataclass
class Batch:
    """What one step of the mapper changes. Keys are (section, key as text).

    claims: by section and the record's key in Kafka.
    """

    known: dict[tuple[str, str], Known] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)
    again: list[tuple[str, str]] = field(default_factory=list)
    done: list[tuple[str, str]] = field(default_factory=list)
    messages: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    claims: dict[tuple[str, bytes], Claim] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


class Memory:
    """The file. Must be used by one process and one thread at a time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # SQLite's own files beside this one hold whole bets too, and come with rights of theirs.
        path.parent.chmod(0o700)
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "cache_size = -16000"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.executescript(_SCHEMA)
        self._outbox_full = True
        self.facts: dict[str, Any] = {
            name: json.loads(value)
            for name, value in self._database.execute("SELECT name, value FROM fact")
        }

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def outbox(self) -> list[tuple[str, bytes, bytes]]:
        """(topic, key, value) of the last batch, which Kafka may not have."""
        return self._database.execute(
            "SELECT topic, key, value FROM outbox ORDER BY rowid"
        ).fetchall()

    def set_fact(self, name: str, value: Any) -> None:
        """Remember one thing at once."""
        self._database.execute(
            "INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, json.dumps(value))
        )
        self.facts[name] = value

    def clear_outbox(self) -> None:
        """Kafka has the last batch."""
        if self._outbox_full:
            self._database.execute("DELETE FROM outbox")
            self._outbox_full = False

    def known(self, section: str, keys: Sequence[str]) -> dict[str, Known]:
        """What was published of these records."""
        found: dict[str, Known] = {}
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            rows = self._database.execute(
                "SELECT key, version, content, record, day FROM known WHERE section = ? AND key IN "
                f"({','.join('?' * len(chunk))})",
                (section, *chunk),
            )
            for key, version, content, record, day in rows:
                found[key] = Known(version, content, _unpacked(record), day)
        return found

    def claims(self, section: str, records: Iterable[bytes]) -> dict[bytes, Claim]:
        """Which rows published these records last. records: their keys in Kafka."""
        found: dict[bytes, Claim] = {}
        for record in records:
            kept = self._database.execute(
                "SELECT key, version, gone FROM claim WHERE section = ? AND record = ?",
                (section, record),
            ).fetchone()
            if kept:
                key, version, gone = kept
                found[record] = Claim(key, version, bool(gone))
                continue
            # A row whose key is the record's id made no claim: what is known of it says the same.
            for key, known in self.known(section, plain_keys(record)).items():
                found[record] = Claim(key, known.version, known.content == GONE)
        return found

    def save(self, batch: Batch, sweep: int) -> None:
        """Write a batch, all or nothing. Its messages take the place of the last batch's.

        sweep: number of the last sweep, under which the records of the batch count as seen.
        """
        with _Transaction(self._database) as run:
            run(
                "INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (*key, each.version, each.content, _packed(each.record), each.day, sweep)
                    for key, each in batch.known.items()
                ),
            )
            run(
                "INSERT OR REPLACE INTO claim VALUES (?, ?, ?, ?, ?)",
                (
                    (*record, claim.key, claim.version, claim.gone)
                    for record, claim in batch.claims.items()
                    if claim.key not in plain_keys(record[1]) or self._is_claimed(*record)
                ),
            )
            seen = ((sweep, *key) for key in batch.seen)
            run("UPDATE known SET sweep = ? WHERE section = ? AND key = ?", seen)
            run("DELETE FROM again WHERE section = ? AND key = ?", batch.done)
            run("INSERT OR IGNORE INTO again VALUES (?, ?)", batch.again)
            self._database.execute("DELETE FROM outbox")
            run("INSERT INTO outbox VALUES (?, ?, ?)", batch.messages)
            facts = ((name, json.dumps(value)) for name, value in batch.facts.items())
            run("INSERT OR REPLACE INTO fact VALUES (?, ?)", facts)
        self.facts |= batch.facts
        self._outbox_full = bool(batch.messages)

    def _is_claimed(self, section: str, record: bytes) -> bool:
        return (
            self._database.execute(
                "SELECT 1 FROM claim WHERE section = ? AND record = ?", (section, record)
            ).fetchone()
            is not None
        )

    def again(self, section: str, limit: int) -> list[str]:
        """Keys that must be read again, some of them in no order."""
        rows = self._database.execute(
            "SELECT key FROM again WHERE section = ? ORDER BY random() LIMIT ?", (section, limit)
        )
        return [key for (key,) in rows]

    def unseen(self, section: str, sweep: int, after: str, limit: int) -> list[str]:
        """Keys, in order, of records that a sweep has not met though they were published."""
        rows = self._database.execute(
            "SELECT key FROM known WHERE section = ? AND key > ? AND sweep < ? AND content <> ? "
            "ORDER BY key LIMIT ?",
            (section, after, sweep, GONE, limit),
        )
        return [key for (key,) in rows]

    def count_unseen(self, section: str, sweep: int) -> tuple[int, int]:
        """How many published records a sweep has not met, and how many there are."""
        row = self._database.execute(
            "SELECT COALESCE(SUM(sweep < ?), 0), COUNT(*) FROM known "
            "WHERE section = ? AND content <> ?",
            (sweep, section, GONE),
        ).fetchone()
        return int(row[0]), int(row[1])

    def forget_bets(self, before_day: int) -> int:
        """Forget bets accepted before a day since 1970; the contract rejects their changes."""
        forgotten = self._database.execute(
            "DELETE FROM known WHERE section = 'bets' AND day < ?", (before_day,)
        ).rowcount
        if forgotten:
            self._database.execute(
                "DELETE FROM claim WHERE section = 'bets' AND NOT EXISTS "
                "(SELECT 1 FROM known WHERE known.section = 'bets' AND known.key = claim.key)"
            )
        return forgotten

    def forget_published(self) -> None:
        """The log is another one: all has to be published again, with versions that go on."""
        with _Transaction(self._database):
            self._database.execute("UPDATE known SET content = x'00'")
            self._database.execute("DELETE FROM outbox")

    def count_again(self) -> int:
        """How many records wait to be read again."""
        (count,) = self._database.execute("SELECT COUNT(*) FROM again").fetchone()
        return int(count)


class _Transaction:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> Any:
        self._database.execute("BEGIN IMMEDIATE")
        return self._run

    def __exit__(self, kind: Any, *_: Any) -> None:
        self._database.execute("COMMIT" if kind is None else "ROLLBACK")

    def _run(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        self._database.executemany(statement, rows)


def _packed(record: bytes | None) -> bytes | None:
    if record is None:
        return None
    packer = zlib.compressobj(level=6, zdict=_WORDS)
    return packer.compress(record) + packer.flush()


def _unpacked(packed: bytes | None) -> bytes | None:
    return None if packed is None else zlib.decompressobj(zdict=_WORDS).decompress(packed)
