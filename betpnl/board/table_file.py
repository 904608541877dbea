"""A table as a file: CSV or Parquet, with exact amounts."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

import anyio.to_thread
import pyarrow as pa
import pyarrow.parquet as pq
from starlette.responses import Response

Format = Literal["csv", "parquet"]
Types = Mapping[str, pa.DataType]
"""The columns of a file in their order, and what each holds."""

TEXT, WHOLE, FLOAT = pa.string(), pa.int64(), pa.float64()
MONEY = pa.decimal128(38, 4)
SHARE = pa.decimal128(38, 6)
TIME = pa.timestamp("ms", tz="UTC")
# A spreadsheet would take a name that begins so for a formula, and work it out.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MEDIA = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


async def attachment(
    rows: Sequence[Mapping[str, Any]], types: Types, file_format: Format, name: str
) -> Response:
    """The answer that a browser keeps as a file, named by what it holds and the time."""
    write = as_csv if file_format == "csv" else as_parquet
    body = await anyio.to_thread.run_sync(write, rows, types)
    file = f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.{file_format}"
    return Response(
        body,
        media_type=_MEDIA[file_format],
        headers={"Content-Disposition": f'attachment; filename="{file}"'},
    )


def as_csv(rows: Sequence[Mapping[str, Any]], types: Types) -> bytes:
    """Lines with a header, UTF-8; nothing where there is no figure."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(types)
    for row in rows:
        writer.writerow(_cell(row[name], holds) for name, holds in types.items())
    return text.getvalue().encode()


def as_parquet(rows: Sequence[Mapping[str, Any]], types: Types) -> bytes:
    """The same with types: amounts are decimals, times are UTC."""
    table = pa.table(
        {
            name: pa.array([_value(row[name], holds) for row in rows], holds)
            for name, holds in types.items()
        }
    )
    file = pa.BufferOutputStream()
    pq.write_table(table, file)
    return bytes(file.getvalue())


def _cell(value: object, holds: pa.DataType) -> object:
    if holds == TEXT and isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _value(value: object, holds: pa.DataType) -> object:
    if value is None:
        return None
    if holds == TIME:
        return datetime.fromisoformat(str(value))
    if pa.types.is_decimal(holds):
        return Decimal(str(value))
    return value
