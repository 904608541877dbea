"""The audit of marks: which stored probabilities can stand."""

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from betpnl.marking import mark_market
from betpnl.model.outcome import FALLBACK_VERSION, OutcomeModel
from betpnl.packing import FIELD, ROW
from betpnl.verify.compare import Report
from betpnl.verify.feeds import selection_price
from betpnl.verify.history import History, Message
from betpnl.verify.prices import audit_prices
from tests.unit.test_verify_expected import ARRIVED_MS, RULES

MODEL = OutcomeModel(Path("models/outcome.onnx"))
ODDS = {"home": 2, "draw": 4, "away": 4}
AT = "2024-05-01T12:00:00Z"
GAME = {"game_id": "g", "version": 1, "sport": "football", "status": "live", "minute": 70}
STARTS = {"starts_at": "2024-05-01T12:30:00Z", "score_home": 0, "score_away": 2}
AHEAD = FIELD.join(
    ("match_result", "", "1714564800000", "football", "live", "1714566600000", "70", "0", "2")
)


@pytest.fixture
def history() -> History:
    found = History(RULES)
    odds = {"game_id": "g", "market": "match_result", "version": 3, "at": AT, "prices": ODDS}
    for topic, record in (("odds", odds), ("games", {**GAME, **STARTS})):
        found.add(Message(topic, 0, 0, ARRIVED_MS, json.dumps(record).encode()))
    return found


def marks() -> dict[str, Decimal]:
    """What the model says of it, the game standing so."""
    prices = ROW.join(FIELD.join((name, str(odds), "")) for name, odds in ODDS.items())
    rows = (row.split(FIELD) for row in mark_market(MODEL, prices, AHEAD).split(ROW))
    return {name: Decimal(probability) for name, _, probability, _ in rows}


def audited(
    history: History, said: dict[str, Decimal], version: str, model: OutcomeModel | None
) -> Report:
    stored: list[Sequence[str]] = [
        ("g", "match_result", "", name, "3", str(odds), str(said[name]), version,
         "2024-05-01 12:00:00.000")
        for name, odds in sorted(ODDS.items()) if name in said
    ]  # fmt: skip
    return audit_prices(history, selection_price(history.odds()), stored, 5, model)


def test_what_the_model_says_is_taken_and_can_be_said_again(history: History) -> None:
    assert marks()["away"] > Decimal("0.9")

    assert audited(history, marks(), MODEL.version, None).clean
    assert audited(history, marks(), MODEL.version, MODEL).clean


def test_a_mark_of_another_model_passes_by(history: History) -> None:
    said = dict.fromkeys(ODDS, Decimal("0.3"))

    assert audited(history, said, "another", MODEL).clean
    report = audited(history, said, MODEL.version, MODEL)
    assert report.different == 3
    assert report.examples[0].column == "probability"


@pytest.mark.parametrize("probability", ["0", "1", "1.2"])
def test_what_is_no_probability_is_found(history: History, probability: str) -> None:
    said = {**marks(), "home": Decimal(probability)}

    assert audited(history, said, MODEL.version, None).different == 1


def test_a_fallback_is_the_margin_free_price_and_nothing_else(history: History) -> None:
    free = {"home": Decimal("0.5"), "draw": Decimal("0.25"), "away": Decimal("0.25")}

    assert audited(history, free, FALLBACK_VERSION, MODEL).clean
    assert audited(history, marks(), FALLBACK_VERSION, MODEL).different == 3


def test_a_version_without_a_name_and_a_lost_row_are_found(history: History) -> None:
    assert audited(history, marks(), "", None).different == 3
    assert audited(history, {"home": Decimal("0.5")}, "m", None).missing == 2
