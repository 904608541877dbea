"""One run: what is old enough is written, read back, and only then deleted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from pymysql.connections import Connection

from betpnl.archive import due, parquet
from betpnl.archive.due import BUCKETS, WITH_BET, OldTable, Rows

_log = logging.getLogger("betpnl.archive")

Progress = Callable[[str, int], None]
"""Told a table's name and how many of its rows went."""


def _silent(table: str, rows: int) -> None:
    del table, rows


@dataclass
class Archived:
    """What a run did: rows by table, and the files."""

    rows: dict[str, int] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)


@dataclass(frozen=True)
class Ages:
    """Days after which bets, and buckets, go; 0 keeps them for good."""

    bets: int
    buckets: int


def run(
    connection: Connection,
    folder: Path,
    ages: Ages,
    now: datetime,
    *,
    dry: bool = False,
    progress: Progress = _silent,
) -> Archived:
    """Archive what is old enough. now: UTC. dry: only count.

    A row is deleted only once it is on the disk in the archive, and only if it is still as it was
    written there. A run that is cut off leaves rows in both; the next one finds them again.
    Raises pymysql.MySQLError, OSError.
    """
    done = Archived()
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
    plain = now.astimezone(UTC).replace(tzinfo=None)
    if ages.bets:
        before = plain - timedelta(days=ages.bets)
        for page, ids in enumerate(due.bets(connection, before)):
            _bets(connection, folder, f"{stamp}-{page:06d}", ids, done, dry, progress)
    if ages.buckets:
        before = plain - timedelta(days=ages.buckets)
        for table in BUCKETS:
            for page, rows in enumerate(due.buckets(connection, table, before)):
                name = f"{stamp}-{page:06d}"
                _rows(connection, folder, name, [(table, rows)], done, dry, progress)
    return done


def _bets(
    connection: Connection,
    folder: Path,
    name: str,
    ids: list[str],
    done: Archived,
    dry: bool,
    progress: Progress,
) -> None:
    parts = [(table, due.of_bets(connection, table, ids)) for table in WITH_BET]
    _rows(connection, folder, name, parts, done, dry, progress)


def _rows(
    connection: Connection,
    folder: Path,
    name: str,
    parts: list[tuple[OldTable, Rows]],
    done: Archived,
    dry: bool,
    progress: Progress,
) -> None:
    columns = {table.name: parquet.schema(connection, table.name) for table, _ in parts}
    if not dry:
        for table, rows in parts:
            if rows:
                done.files.append(_written(folder, table, name, columns[table.name], rows))
    for table, rows in parts:
        went = len(rows)
        if not dry and rows:
            went = due.delete(connection, table, columns[table.name].names, rows)
        done.rows[table.name] = done.rows.get(table.name, 0) + went
        progress(table.name, went)


def _written(folder: Path, table: OldTable, name: str, columns: pa.Schema, rows: Rows) -> Path:
    writer = parquet.Writer(folder / table.name / f"{name}.parquet", columns)
    try:
        writer.write(rows)
        writer.close()
    except BaseException:
        writer.abandon()
        raise
    return writer.path
