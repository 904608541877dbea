"""The published JSON Schema and the reader take and refuse the same records."""

import json
import random
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.contract.reading import Rejected
from betpnl.contract.schema import json_schemas
from betpnl.contract.topics import TOPICS
from tests.unit.contract_records import (
    ARRIVED_MS,
    BET,
    GAME,
    GOOD,
    LEG,
    ODDS_RECORD,
    RATE,
    READERS,
    RESULT,
    Json,
    with_leg,
    without,
)

SCHEMAS = json_schemas()
VALIDATORS = {name: jsonschema.Draft202012Validator(schema) for name, schema in SCHEMAS.items()}


def reader_takes(topic: str, record: Any) -> bool:
    try:
        READERS[topic].read(json.dumps(record).encode(), ARRIVED_MS)
    except Rejected:
        return False
    return True


def test_each_topic_has_a_schema_that_is_one() -> None:
    assert set(SCHEMAS) == {topic.name for topic in TOPICS}
    for schema in SCHEMAS.values():
        jsonschema.Draft202012Validator.check_schema(schema)
        json.dumps(schema)


@pytest.mark.parametrize(("topic", "record"), GOOD)
def test_both_take_what_is_good(topic: str, record: Json) -> None:
    VALIDATORS[topic].validate(record)
    assert reader_takes(topic, record)


BAD: list[tuple[str, Any]] = [
    *(("bets", without(BET, field)) for field in ("bet_id", "version", "stake", "legs")),
    ("bets", {**BET, "bet_id": ""}),
    ("bets", {**BET, "bet_id": "x" * 10_000}),
    ("bets", {**BET, "bet_id": "a\x00b"}),
    ("bets", {**BET, "bet_id": None}),
    ("bets", {**BET, "version": -1}),
    ("bets", {**BET, "version": "1"}),
    ("bets", {**BET, "version": 2**63}),
    ("bets", {**BET, "status": "ACCEPTED"}),
    ("bets", {**BET, "currency": "usd"}),
    ("bets", {**BET, "currency": "EURO"}),
    ("bets", {**BET, "stake": 0}),
    ("bets", {**BET, "stake": -1}),
    ("bets", {**BET, "stake": None}),
    ("bets", {**BET, "stake": True}),
    ("bets", {**BET, "fx_rate": 0}),
    ("bets", {**BET, "legs": []}),
    ("bets", {**BET, "legs": [LEG] * 31}),
    ("bets", {**BET, "legs": LEG}),
    ("bets", {**BET, "cash_out": {"fraction": 1.5, "amount": 1}}),
    ("bets", {**BET, "cash_out": {"fraction": 0.5}}),
    ("bets", with_leg(odds=1)),
    ("bets", with_leg(odds=0)),
    ("bets", with_leg(leg=0)),
    ("bets", with_leg(line="2.50")),
    ("bets", with_leg(line="two")),
    ("bets", with_leg(market="")),
    ("bets", with_leg(minute=-1)),
    ("bets", with_leg(in_play="yes")),
    ("bets", with_leg(market_odds={"x" * 65: 2.0})),
    ("bets", []),
    ("bets", None),
    ("results", {**RESULT, "result": "won"}),
    ("results", {**RESULT, "dead_heat": [1]}),
    ("results", {**RESULT, "dead_heat": [0, 2]}),
    ("odds", {**ODDS_RECORD, "prices": {"over": 1}}),
    ("odds", {**ODDS_RECORD, "prices": {"": 2}}),
    ("odds", {**ODDS_RECORD, "prices": [1.9]}),
    ("games", {**GAME, "status": "over"}),
    ("games", {**GAME, "sport": ""}),
    ("fx_rates", {**RATE, "rate": -1}),
]


@pytest.mark.parametrize(("topic", "record"), BAD)
def test_both_refuse_what_is_bad(topic: str, record: Any) -> None:
    assert not VALIDATORS[topic].is_valid(record)
    assert not reader_takes(topic, record)


TEXT = st.text(st.characters(exclude_categories=("Cs",), min_codepoint=32), min_size=1, max_size=64)
MONEY = st.integers(1, 10**8).map(lambda units: Decimal(units).scaleb(-2))
WRITTEN = st.sampled_from([str, float])


@st.composite
def generated_bets(draw: st.DrawFn) -> Json:
    """A bet that the contract promises to take, with fields left out at random."""
    legs = [
        {
            "leg": number,
            # A game for each leg: those of one game might contradict each other.
            "game_id": f"{number}-{draw(TEXT)}"[:64],
            "sport": draw(TEXT),
            "market": draw(TEXT),
            "line": draw(st.sampled_from(["", "2.5", "-0.25", "100"])),
            "selection": draw(TEXT),
            "odds": draw(WRITTEN)(Decimal(draw(st.integers(10_001, 15_000))).scaleb(-4)),
            "in_play": draw(st.booleans()),
            "minute": draw(st.one_of(st.none(), st.integers(0, 10_000))),
            "market_odds": draw(
                st.one_of(
                    st.none(),
                    st.dictionaries(
                        TEXT, st.floats(allow_nan=False, allow_infinity=False), max_size=5
                    ),
                )
            ),
        }
        for number in range(1, draw(st.integers(1, 6)) + 1)
    ]
    bet = {
        **BET,
        "bet_id": draw(TEXT),
        "version": draw(st.integers(0, 2**62)),
        "status": draw(st.sampled_from(["accepted", "rejected", "cancelled"])),
        "customer_id": draw(TEXT),
        "stake": draw(WRITTEN)(draw(MONEY)),
        "stake_type": draw(st.sampled_from(["cash", "free", "bonus"])),
        "bet_type": "single" if len(legs) == 1 else "accumulator",
        "legs": legs,
    }
    chooser = random.Random(draw(st.integers()))
    for field in ("customer_id", "stake_type"):
        if chooser.random() < 0.5:
            bet.pop(field)
    return bet


@given(generated_bets())
def test_both_take_any_bet_that_keeps_the_contract(bet: Json) -> None:
    VALIDATORS["bets"].validate(bet)
    assert reader_takes("bets", bet)
