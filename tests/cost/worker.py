"""What goes to the Python worker and comes back for a bet, packed as PyFlink packs it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyflink.table.types import DataType, create_arrow_schema

from betpnl.bet_rows import BetRows
from betpnl.contract.checks import Rules
from betpnl.model.outcome import OutcomeModel
from betpnl.paths import PROJECT
from betpnl.references.resolve import References
from tests.cost.bets import MESSAGES, arrived_s, waves
from udfs.bets import YEAR_2000_S, read_bet

_DAY = datetime(2026, 1, 5, tzinfo=UTC)
_RULES = Rules("EUR", bet_horizon_ms=400 * 86_400_000, accepted_ahead_ms=0)


def bytes_a_bet() -> dict[str, float]:
    """Of all bets as one batch: what the function is given, and what it gives."""
    sent = waves(_DAY)
    records = chain(sent.placed, *sent.changed)
    messages = [json.dumps(record).encode() for record in records]
    came_s = [arrived_s(_DAY)] * len(messages)
    model = OutcomeModel(Path(PROJECT / "models" / "outcome.onnx"))
    rows = BetRows(_RULES, lambda: model, 2, References("EUR")).rows(messages, came_s)
    assert all(row[0] is None for row in rows), next(row for row in rows if row[0] is not None)
    return {
        "bytes_to_worker": _packed(
            read_bet._input_types, [messages, [each - YEAR_2000_S for each in came_s]]
        ),
        "bytes_from_worker": _packed([read_bet._result_type], [rows]),
    }


def _packed(types: Sequence[DataType], columns: Sequence[Sequence[Any]]) -> float:
    schema = create_arrow_schema([f"f{number}" for number in range(len(types))], list(types))
    arrays = [
        pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)
    ]
    batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
    return pa.ipc.get_record_batch_size(batch) / MESSAGES
