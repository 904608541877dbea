"""Tables of games, read as rows of texts: here from files, CSV, gzip'd CSV or Parquet."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TextIO, TypeVar

from betpnl.errors import UserError

T = TypeVar("T")
ENDINGS = (".csv.gz", ".csv", ".parquet")
"""What a table's file may be called after its name; the first that is there is read."""


class Shape(NamedTuple):
    """A table's columns: that name a row, that have to be there, and that may be missing."""

    key: tuple[str, ...]
    needed: tuple[str, ...]
    optional: tuple[str, ...]

    def check(self, table: str, columns: Collection[str]) -> None:
        """Raises UserError if one that has to be there is missing. table: as it is to be named."""
        lacking = [column for column in self.needed if column not in columns]
        if lacking:
            raise UserError(f"{table} has no column {', '.join(lacking)}.")


SHAPES = {
    "games": Shape(
        key=("game_id",),
        needed=("game_id", "sport", "starts_at", "duration_min"),
        optional=("competition", "season", "home", "away", "home_score", "away_score"),
    ),
    "checkpoints": Shape(
        key=("game_id", "checkpoint"),
        needed=("game_id", "checkpoint", "fraction", "minute"),
        optional=("score_home", "score_away"),
    ),
    "prices": Shape(
        key=("game_id", "checkpoint", "market", "line", "selection"),
        needed=("game_id", "checkpoint", "market", "selection", "odds"),
        optional=("line",),
    ),
    "results": Shape(
        key=("game_id", "market", "line", "selection"),
        needed=("game_id", "market", "selection", "result"),
        optional=("line", "dead_heat"),
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. number: in a file, from 1, the header left out; 0 names it by its key."""

    table: str
    values: Mapping[str, str]
    key: tuple[str, ...]
    number: int = 0

    def text(self, column: str) -> str:
        """The value, '' where the table has no such column."""
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
        named = (f"{column} {self.text(column)!r}" for column in self.key if self.text(column))
        return UserError(f"{self.table}, row {self.number or ', '.join(named)}: {what}.")


class GameTables(Protocol):
    """Where the tables of SHAPES are; as a text, what a user calls it."""

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a table, in any order.

        Raises UserError if it is missing, cannot be read, or lacks a column.
        """


@dataclass(frozen=True)
class Folder:
    """Tables as files of one folder."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a table, in the file's order. Raises UserError."""
        files = [self.path / f"{name}{ending}" for ending in ENDINGS]
        file = next((each for each in files if each.is_file()), None)
        if file is None:
            raise UserError(
                f"{files[0]} is missing: restore it, or make it with `python data/build.py "
                "SOURCES`. A table of your own may be "
                f"{', '.join(each.name for each in files[1:])} as well."
            )
        found = _parquet(file) if file.suffix == ".parquet" else _csv(file)
        SHAPES[name].check(str(file), next(found))
        for number, values in enumerate(found, start=1):
            yield Row(str(file), values, SHAPES[name].key, number)


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
                    yield {column: text_of(value) for column, value in values.items()}
    except (OSError, pa.ArrowException) as error:
        raise UserError(f"{file} cannot be read: {error}") from None


def text_of(value: Any) -> str:
    """A database's value as a CSV would have it. A time without a zone is UTC."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, Decimal) and value.is_finite():
        # A column of two decimals has 2.50 for the line that others call 2.5.
        return f"{value.normalize():f}"
    if isinstance(value, float) and value.is_integer():
        # Where one is missing, pandas has 3.0 for what others call 3.
        return str(int(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)
