"""Tables of games as files: CSV, gzip'd CSV or Parquet, read as rows of texts."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO, TypeVar

from betpnl.errors import UserError

T = TypeVar("T")
ENDINGS = (".csv.gz", ".csv", ".parquet")
"""What a table's file may be called after its name; the first that is there is read."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file. number: counts from 1, the header left out."""

    file: Path
    number: int
    values: Mapping[str, str]

    def text(self, column: str) -> str:
        """The value, '' where the file has no such column."""
        return self.values.get(column) or ""

    def read(self, column: str, kind: Callable[[str], T]) -> T:
        """The value as ``kind`` makes it of its text; UserError where it can't."""
        text = self.text(column)
        try:
            return kind(text)
        except (ValueError, ArithmeticError):
            raise self.fault(f"{column} cannot be {text!r}") from None

    def if_any(self, column: str, kind: Callable[[str], T]) -> T | None:
        """The same; None for an empty value."""
        return self.read(column, kind) if self.text(column) else None

    def fault(self, what: str) -> UserError:
        """An error that says where."""
        return UserError(f"{self.file}, row {self.number}: {what}.")


def rows(folder: Path, name: str, needed: Sequence[str]) -> Iterator[Row]:
    """The rows of a table. Raises UserError if it is missing, or lacks a column of ``needed``."""
    files = [folder / f"{name}{ending}" for ending in ENDINGS]
    file = next((each for each in files if each.is_file()), None)
    if file is None:
        raise UserError(
            f"{files[0]} is missing: restore it, or make it with `python data/build.py SOURCES`. "
            f"A table of your own may be {', '.join(each.name for each in files[1:])} as well."
        )
    found = _parquet(file) if file.suffix == ".parquet" else _csv(file)
    columns = next(found)
    lacking = [column for column in needed if column not in columns]
    if lacking:
        raise UserError(f"{file} has no column {', '.join(lacking)}.")
    for number, values in enumerate(found, start=1):
        yield Row(file, number, values)


def _csv(file: Path) -> Iterator[dict[str, str]]:
    try:
        with _opened(file) as text:
            reader = csv.DictReader(text)
            yield dict.fromkeys(reader.fieldnames or (), "")
            yield from reader
    except (OSError, EOFError, ValueError, csv.Error) as error:
        raise UserError(f"{file} cannot be read: {error}") from None


def _opened(file: Path) -> TextIO:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8", newline="")
    return file.open(encoding="utf-8", newline="")


def _parquet(file: Path) -> Iterator[dict[str, str]]:
    # Slow to import, and data/ is not made of it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as found:
            yield dict.fromkeys(found.schema_arrow.names, "")
            for batch in found.iter_batches():
                for values in batch.to_pylist():
                    yield {column: _text(value) for column, value in values.items()}
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"{file} cannot be read: {error}") from None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    return str(value)
