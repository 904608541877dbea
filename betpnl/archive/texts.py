"""Archived rows as MySQL prints them, for whoever compares them with rows that are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from betpnl.archive import parquet

NULL = "\x1e"
_BATCH = 10_000


def rows(folder: Path, table: str, columns: Sequence[str], key: int) -> Iterator[list[str]]:
    """The rows of a table, each key once, as it was archived last. key: columns of the key."""
    found = parquet.read(folder, table, columns)
    if found is None:
        return
    newest: dict[tuple[str, ...], list[str]] = {}
    for batch in found.select(list(columns)).to_batches(max_chunksize=_BATCH):
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            texts = [_text(value) for value in values]
            newest[tuple(texts[:key])] = texts
    yield from newest.values()


def _text(value: Any) -> str:
    match value:
        case None:
            return NULL
        case datetime():
            return value.replace(tzinfo=None).isoformat(" ", "milliseconds")
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)
