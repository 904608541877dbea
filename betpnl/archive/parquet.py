"""Rows of MySQL as Parquet, with exact types, and back."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pymysql.connections import Connection

from betpnl import __version__

_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_TYPES = {
    "bigint": pa.int64(),
    "int": pa.int32(),
    # MySQL's BOOLEAN.
    "tinyint": pa.int8(),
    "datetime": pa.timestamp("ms", tz="UTC"),
}


def schema(connection: Connection, table: str) -> pa.Schema:
    """The columns of a table, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, column_type FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND table_name = %s ORDER BY ordinal_position",
            (table,),
        )
        fields = [(str(name), _type(str(kind))) for name, kind in cursor.fetchall()]
    return pa.schema(fields, metadata={"betpnl": __version__, "table": table})


def _type(kind: str) -> pa.DataType:
    decimal = _DECIMAL.match(kind)
    if decimal:
        return pa.decimal128(int(decimal[1]), int(decimal[2]))
    return _TYPES.get(re.split(r"[( ]", kind)[0], pa.string())


class Writer:
    """One file; it has its name once it is whole and on the disk."""

    def __init__(self, path: Path, columns: pa.Schema) -> None:
        self.path, self.rows = path, 0
        self._schema = columns
        self._draft = path.with_suffix(".draft")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(self._draft, columns, compression="zstd")

    def write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Add rows, values in the order of the columns."""
        columns = list(zip(*rows, strict=True))
        arrays = [
            pa.array(values, type=field.type)
            for values, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self.rows += len(rows)

    def close(self) -> None:
        """Finish the file: written through, read again, counted, and only then named.

        Raises OSError, or ValueError when the file does not hold what was written.
        """
        self._writer.close()
        with self._draft.open("rb") as file:
            os.fsync(file.fileno())
        if not self.rows:
            self._draft.unlink()
            return
        found = pq.ParquetFile(self._draft).metadata.num_rows
        if found != self.rows:
            raise ValueError(f"{self._draft} holds {found} rows of {self.rows}")
        self._draft.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def abandon(self) -> None:
        """Throw away what there is of it."""
        self._writer.close()
        self._draft.unlink(missing_ok=True)


def read(folder: Path, table: str, columns: Sequence[str] | None = None) -> pa.Table | None:
    """All that the archive has of a table; None if it has nothing. Times are UTC."""
    files = sorted((folder / table).glob("*.parquet"))
    if not files:
        return None
    return pa.concat_tables(
        [pq.read_table(file, columns=None if columns is None else list(columns)) for file in files],
        promote_options="default",
    )


def of_bet(folder: Path, table: str, bet_id: str) -> list[dict[str, Any]]:
    """What the archive has of one bet, without reading more than it needs."""
    if not any((folder / table).glob("*.parquet")):
        return []
    found = ds.dataset(folder / table, format="parquet").to_table(
        filter=ds.field("bet_id") == bet_id
    )
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows
