"""Rows that left MySQL for the archive count for the audit as if they were still there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from betpnl.archive import texts
from betpnl.archive.due import BUCKETS, WITH_BET
from betpnl.verify.compare import Texts
from betpnl.verify.tables import Table

_GOES = frozenset(table.name for table in (*WITH_BET, *BUCKETS))


def with_archived(table: Table, found: Iterable[Texts], folder: Path) -> Iterator[Texts]:
    """The rows that MySQL has, then those that only the archive has."""
    if table.name not in _GOES or not any((folder / table.name).glob("*.parquet")):
        yield from found
        return
    seen = set()
    for row in found:
        seen.add(tuple(row[: table.key]))
        yield row
    for row in texts.rows(folder, table.name, list(table.columns), table.key):
        if tuple(row[: table.key]) not in seen:
            yield row
