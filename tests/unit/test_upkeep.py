"""Duties go on whatever befalls them, and a bet comes back from its row as it was sent."""

from __future__ import annotations

import json
import threading
from datetime import datetime
from typing import Any

from betpnl.contract.records import Bet
from betpnl.contract.texts import legs_text, terms_text
from betpnl.rebuilding import message_of, record_of
from betpnl.references.resolve import References, number_of, rate_of, status_of
from betpnl.upkeep.runner import Runner
from tests.unit.contract_records import ARRIVED_MS, BET, LEG, READERS


class Stumbling:
    """Fails twice with one reason, then works."""

    name = "stumbling"

    def __init__(self) -> None:
        self.steps = self.closed = 0
        self.worked = threading.Event()

    def step(self) -> float:
        self.steps += 1
        if self.steps <= 2:
            raise OSError("the server is away")
        self.worked.set()
        return 0.001

    def close(self) -> None:
        self.closed += 1


def test_a_failure_is_told_once_and_tried_again() -> None:
    said: list[tuple[str, str]] = []
    duty = Stumbling()
    runner = Runner([duty], lambda name, text: said.append((name, text)), again_s=0.001)

    runner.start()
    assert duty.worked.wait(30)
    runner.stop()

    assert said == [("stumbling", "OSError: the server is away"), ("stumbling", "")]
    assert duty.closed >= 3


def row_of(bet: Bet) -> dict[str, Any]:
    """What ``bet`` says of a record: its own columns."""
    return {
        **{
            name: getattr(bet, name)
            for name in (
                *("bet_id", "version", "customer_id", "channel", "region", "currency"),
                *("stake", "stake_type", "bet_type"),
            )
        },
        "status": status_of(bet),
        "accepted_at": datetime.fromisoformat(bet.accepted_at.isoformat()).replace(tzinfo=None),
        "fx_rate": rate_of(bet),
        "legs": legs_text(bet.legs),
        "terms": terms_text(bet, status_of(bet)),
        "adjustment": number_of(bet),
        "market_cancelled": 0,
    }


def test_a_record_comes_back_from_its_row() -> None:
    sent = {
        **BET,
        "currency": "GBP",
        "fx_rate": None,
        "bet_type": "system",
        "system": {"sizes": [1, 2], "bankers": [3]},
        "cash_out": {"fraction": "0.25", "amount": "3.10"},
        "legs": [{**LEG, "leg": number, "game_id": f"g{number}"} for number in (1, 2, 3)],
    }
    record: Bet = READERS["bets"].read(json.dumps(sent).encode(), ARRIVED_MS)
    waiting = References("EUR").resolve(record)
    row = row_of(waiting)
    assert row["status"] == "waiting"

    key, value = message_of(record_of(row))

    assert key == b"b1"
    back = json.loads(value)
    assert back.pop("adjustment") == {"number": 0}
    again: Bet = READERS["bets"].read(json.dumps(back).encode(), ARRIVED_MS)
    assert again == record
