"""What Spark's Python workers do: value batches of bets, and keep the newest version of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import msgspec
import pandas as pd
import pyarrow as pa
from common import Deployment, Part, Valuer, changes

VALUED = "bet_id string, version bigint, adjustment bigint, bet_row string, parts string"
CHANGED = "bet_row string, parts string"
KEPT = "version bigint, adjustment bigint, parts string"

_encode = msgspec.json.Encoder().encode
parts_of = msgspec.json.Decoder(list[Part]).decode
row_of = msgspec.json.Decoder(list[str | int]).decode


@cache
def _valuer() -> Valuer:
    """One for each worker, which serves many tasks."""
    return Deployment.load().valuer()


def value(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """For `mapInArrow`: messages and their times (ms) in, VALUED out."""
    for batch in batches:
        columns = (batch.column(name).to_pylist() for name in ("value", "arrived_ms"))
        bets = _valuer().valued(zip(*columns, strict=True))
        yield pa.RecordBatch.from_pydict(
            {
                "bet_id": [bet.bet_id for bet in bets],
                "version": [bet.rank[0] for bet in bets],
                "adjustment": [bet.rank[1] for bet in bets],
                "bet_row": [_encode(bet.row).decode() for bet in bets],
                "parts": [_encode(bet.parts).decode() for bet in bets],
            },
            schema=_SCHEMA,
        )


_SCHEMA = pa.schema(
    [
        ("bet_id", pa.string()),
        ("version", pa.int64()),
        ("adjustment", pa.int64()),
        ("bet_row", pa.string()),
        ("parts", pa.string()),
    ]
)


def newest(key: tuple[str], frames: Iterable[pd.DataFrame], state: Any) -> Iterator[pd.DataFrame]:
    """For `applyInPandasWithState`: one change, if a version of the bet is newer; CHANGED out."""
    del key
    rank, before = None, ""
    if state.exists:
        *known, before = state.get
        rank = tuple(known)
    found = None
    for frame in frames:
        for version, adjustment, row, parts in zip(
            frame["version"], frame["adjustment"], frame["bet_row"], frame["parts"], strict=True
        ):
            if rank is None or (version, adjustment) > rank:
                rank, found = (int(version), int(adjustment)), (row, parts)
    if rank is None or found is None:
        return
    row, parts = found
    state.update((*rank, parts))
    if before:
        parts = _encode(changes(parts_of(before), parts_of(parts))).decode()
    yield pd.DataFrame({"bet_row": [row], "parts": [parts]})
