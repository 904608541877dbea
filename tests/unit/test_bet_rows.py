"""What leaves Python for Flink: whatever comes, a row of bounded texts or a reject."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from betpnl.bet_rows import BetRows
from betpnl.contract import limits
from betpnl.contract.topics import BETS
from betpnl.feed_rows import FeedRows
from betpnl.model.outcome import OutcomeModel
from betpnl.references.resolve import References
from tests.unit.contract_records import ARRIVED_MS, BET, RULES, Json
from tests.unit.test_contract_fuzz import ARRIVALS, mutated

COLUMNS = 37
REJECT = 2
NUMBER_LENGTH_MAX = 64
MODEL = OutcomeModel(Path("models/outcome.onnx"))
BETS_ROWS = BetRows(RULES, lambda: MODEL, 2, References(RULES.base_currency))
FEED_ROWS = FeedRows(RULES)
FIELDS = ("stake", "fx_rate", "cash_out.fraction", "cash_out.amount", "legs.odds")


def bet_row(message: bytes, arrived_ms: int = ARRIVED_MS) -> list[str | None]:
    (row,) = BETS_ROWS.rows([message], [arrived_ms // 1000])
    return row


def with_number(field: str, text: str) -> bytes:
    """The good bet, partly cashed out, with one number as it is written here."""
    record: dict[str, Any] = json.loads(json.dumps(BET))
    record["cash_out"] = {"fraction": 0.5, "amount": 1}
    holder: Any = record
    *path, last = field.split(".")
    for step in path:
        holder = holder[step][0] if step == "legs" else holder[step]
    holder[last] = "HERE"
    return json.dumps(record).replace('"HERE"', text).encode()


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize(
    "text",
    ["0E-99999999999", "0E+99999999999", "1." + "0" * 500_000, "1E-999999", "0." + "0" * 31],
    ids=["tiny zero", "huge zero", "endless zeros", "tiny", "long zero"],
)
def test_a_number_that_would_be_a_very_long_text_is_rejected(field: str, text: str) -> None:
    row = bet_row(with_number(field, text))

    assert len(row) == REJECT
    assert row[0] is not None
    assert field.rpartition(".")[2] in row[0]


def test_zeros_that_change_nothing_are_taken() -> None:
    assert len(bet_row(with_number("stake", "10." + "0" * 30))) == COLUMNS


@given(mutated(), ARRIVALS)
def test_any_record_gives_a_row_of_bounded_texts_or_a_reject(
    topic_and_record: tuple[str, Json], arrived_ms: int
) -> None:
    topic, record = topic_and_record
    message = json.dumps(record).encode()
    if topic == BETS.name:
        row = bet_row(message, arrived_ms)
        assert len(row) in (REJECT, COLUMNS)
    else:
        (row,) = FEED_ROWS.rows([topic], [message], [arrived_ms // 1000])

    if len(row) == REJECT:
        assert len(row[0] or "") <= limits.REASON_LENGTH_MAX
    else:
        numbers = [text for text in row if text and text.replace(".", "").isdigit()]
        assert max(map(len, numbers)) <= NUMBER_LENGTH_MAX
