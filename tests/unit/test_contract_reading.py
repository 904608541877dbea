"""What gets in, and what is said of what does not."""

import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from betpnl.contract.reading import Rejected, reader
from betpnl.contract.records import Bet
from betpnl.contract.topics import BETS, GAMES, ODDS, RESULTS
from tests.unit.contract_records import (
    ARRIVED_MS,
    BET,
    CANCEL,
    DAY_MS,
    GAME,
    GOOD,
    LEG,
    ODDS_RECORD,
    RATE,
    READERS,
    RESULT,
    RULES,
    Json,
    with_leg,
    without,
)


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def read(topic: str, record: Json) -> Any:
    return READERS[topic].read(json.dumps(record).encode(), ARRIVED_MS)


def reason(topic: str, record: Json) -> str:
    with pytest.raises(Rejected) as rejected:
        read(topic, record)
    return str(rejected.value)


@pytest.mark.parametrize(("topic", "record"), GOOD)
def test_a_valid_record_reads_the_same_after_a_round_trip(topic: str, record: Json) -> None:
    first = read(topic, record)
    assert READERS[topic].read(msgspec.json.encode(first), ARRIVED_MS) == first


def test_money_is_exact_whether_written_as_a_number_or_as_text() -> None:
    raw = json.dumps(BET).replace("10.5", "123456789.07").encode()
    assert READERS["bets"].read(raw, ARRIVED_MS).stake == Decimal("123456789.07")
    assert read("bets", {**BET, "stake": "0.10"}).stake == Decimal("0.10")


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"stake": 0}, "stake: must be above 0"),
        ({"stake": -0.0}, "stake: must be above 0"),
        ({"stake": -5}, "stake: must be above 0"),
        ({"stake": 10.001}, "stake: must have at most 2 decimals"),
        ({"stake": 10**30}, "stake: must be at most 1000000000"),
        ({"stake": "NaN"}, "stake: must be a finite number"),
        ({"stake": "sNaN"}, "stake: must be a finite number"),
        ({"stake": "-Infinity"}, "stake: must be a finite number"),
        ({"stake": "1e400"}, "stake: must be at most 1000000000"),
        ({"stake": "1e-400"}, "stake: must have at most 2 decimals"),
        ({"stake": "1e99999999999999999999"}, "Invalid decimal string"),
        ({"stake": None}, "Expected `decimal`, got `null`"),
        ({"stake": True}, "Expected `decimal`, got `bool`"),
        ({"currency": "JPY", "stake": 10.5}, "stake: must have at most 0 decimals"),
        ({"currency": "XXX"}, "currency: is not in ISO 4217"),
        ({"currency": "usd"}, "currency: is not in ISO 4217"),
        ({"currency": "USD "}, "currency: is not in ISO 4217"),
        ({"adjustment": {"number": 0}}, "Expected `int` >= 1"),
        ({"adjustment": {"number": 1, "fx_rate": 0}}, "adjustment.fx_rate: must be above 0"),
        ({"fx_rate": 0}, "fx_rate: must be above 0"),
        ({"fx_rate": "0.00000000001"}, "fx_rate: must have at most 10 decimals"),
        ({"currency": "EUR"}, "fx_rate: must be 1 for the base currency"),
        ({"currency": "EUR", "fx_rate": "NaN"}, "fx_rate: must be"),
        ({"bet_id": ""}, "Expected `str` of length >= 1 - at `$.bet_id`"),
        ({"bet_id": "x" * 10_000}, "Expected `str` of length <= 64 - at `$.bet_id`"),
        ({"bet_id": "a\x00b"}, "bet_id: holds a control character"),
        ({"bet_id": "a\x1fb"}, "bet_id: holds a control character"),
        ({"bet_id": 17}, "Expected `str`, got `int` - at `$.bet_id`"),
        ({"version": -1}, "Expected `int` >= 0"),
        ({"version": 1.5}, "Expected `int`, got `float`"),
        ({"version": 2**63}, "Expected `int` <= 4611686018427387904"),
        ({"version": 10**300}, "Expected `int` <= 4611686018427387904"),
        ({"status": "ACCEPTED"}, "Invalid enum value 'ACCEPTED'"),
        ({"accepted_at": "9999-12-31T23:59:59Z"}, "accepted_at: must lie between the years"),
        ({"accepted_at": "9999-12-31T23:59:59-14:00"}, "accepted_at: must lie between the years"),
        ({"accepted_at": "0001-01-01T00:00:00+14:00"}, "accepted_at: must lie between the years"),
        ({"accepted_at": "2024-05-01T12:00:00"}, "Expected `datetime` with a timezone"),
        ({"accepted_at": "2023-01-01T00:00:00Z"}, "accepted_at: lies more than 400 days back"),
        ({"accepted_at": "2024-05-01T12:06:00Z"}, "accepted_at: lies more than 300 s ahead"),
        ({"accepted_at": 1714564800}, "Expected `datetime`, got `int`"),
        ({"bet_type": "system"}, "legs: a system has at least two"),
        ({"bet_type": "each_way"}, "each_way: missing on a bet of bet_type each_way"),
        ({"bet_type": "bet_builder"}, "legs: a bet_builder has at least two"),
        ({"odds": 3}, "odds: does not go with bet_type single"),
        ({"system": {"sizes": [1]}}, "system: does not go with bet_type single"),
        ({"bet_type": "accumulator"}, "legs: an accumulator has at least two"),
        ({"legs": []}, "Expected `array` of length >= 1"),
        ({"legs": [LEG, LEG]}, "legs: a single has exactly one"),
        ({"legs": [LEG] * 31}, "Expected `array` of length <= 30"),
        ({"status": "cashed_out"}, "cash_out: missing on a bet that is cashed out"),
        ({"cash_out": {"fraction": 1.5, "amount": 1}}, "cash_out.fraction: must be at most 1"),
        ({"cash_out": {"fraction": -1, "amount": 1}}, "cash_out.fraction: must not be negative"),
        ({"cash_out": {"fraction": 1, "amount": -1}}, "cash_out.amount: must not be negative"),
        ({"cash_out": {"fraction": "sNaN", "amount": 1}}, "cash_out.fraction: must be a finite"),
        ({"cash_out": {"fraction": 1, "amount": 0.001}}, "cash_out.amount: must have at most 2"),
        ({"stake": 10**9, "legs": [{**LEG, "odds": 100_000}]}, "stake: pays back more than"),
    ],
)
def test_an_absurd_bet_is_rejected_with_the_field_and_the_fault(changed: Json, says: str) -> None:
    assert says in reason("bets", {**BET, **changed})


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"odds": 1}, "legs[0].odds: must be above 1"),
        ({"odds": 0.5}, "legs[0].odds: must be above 1"),
        ({"odds": "Infinity"}, "legs[0].odds: must be a finite number"),
        ({"odds": 1.00001}, "legs[0].odds: must have at most 4 decimals"),
        ({"odds": 100_001}, "legs[0].odds: must be at most 100000"),
        ({"leg": 2}, "legs[0].leg: must be 1"),
        ({"line": "2.50"}, "Expected `str` matching regex"),
        ({"line": "+2.5"}, "Expected `str` matching regex"),
        ({"line": "2.5\n"}, "Expected `str` matching regex"),
        ({"game_id": "x" * 65}, "Expected `str` of length <= 64"),
        ({"market": "a\x1e"}, "legs[0].market: holds a control character"),
        ({"market_odds": {"a\x1e": 2.0}}, "legs[0].market_odds: holds a control character"),
        ({"market_odds": {"x" * 65: 2.0}}, "Expected `str` of length <= 64"),
        ({"market_odds": {str(number): 2.0 for number in range(129)}}, "length <= 128"),
    ],
)
def test_an_absurd_leg_is_rejected_with_the_field_and_the_fault(changed: Json, says: str) -> None:
    assert says in reason("bets", with_leg(**changed))


@pytest.mark.parametrize(
    ("topic", "record", "says"),
    [
        ("results", {**RESULT, "result": None}, "result: missing on a selection that is settled"),
        ("results", {**RESULT, "result": "won"}, "Invalid enum value 'won'"),
        ("results", {**RESULT, "dead_heat": [3, 2]}, "dead_heat: has more winners"),
        ("results", {**RESULT, "dead_heat": [1, 0]}, "Expected `int` >= 1"),
        ("results", {**RESULT, "dead_heat": [1]}, "Expected `array` of length >= 2"),
        ("results", {**RESULT, "result": "void", "dead_heat": [1, 2]}, "dead_heat: goes with"),
        ("results", {**RESULT, "settled_at": "0001-01-01T00:00:00Z"}, "settled_at: must lie"),
        ("odds", {**ODDS_RECORD, "prices": {"over": 1}}, "prices[over]: must be above 1"),
        ("odds", {**ODDS_RECORD, "prices": {"": 2}}, "Expected `str` of length >= 1"),
        ("odds", {**ODDS_RECORD, "prices": {"over": "NaN"}}, "prices[over]: must be a finite"),
        ("odds", {**ODDS_RECORD, "at": "9999-01-01T00:00:00Z"}, "at: must lie between"),
        ("games", {**GAME, "sport": ""}, "Expected `str` of length >= 1"),
        ("games", {**GAME, "score_home": -1}, "Expected `int` >= 0"),
        ("games", {**GAME, "starts_at": "9999-01-01T00:00:00Z"}, "starts_at: must lie between"),
        ("market_cancels", {**CANCEL, "to": "2024-04-01T00:00:00Z"}, "from: lies after to"),
        ("fx_rates", {**RATE, "rate": 0}, "rate: must be above 0"),
        ("fx_rates", {**RATE, "rate": "sNaN"}, "rate: must be a finite number"),
        ("fx_rates", {**RATE, "currency": "ABC"}, "currency: is not in ISO 4217"),
    ],
)
def test_an_absurd_record_of_another_topic_is_rejected(topic: str, record: Json, says: str) -> None:
    assert says in reason(topic, record)


@pytest.mark.parametrize("field", ["bet_id", "version", "status", "accepted_at", "stake", "legs"])
def test_a_missing_field_is_named(field: str) -> None:
    record = without(BET, field)
    assert reason("bets", record) == f"Object missing required field `{field}`"


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (None, "the message is empty"),
        (b"", "the message is empty"),
        (b"null", "Expected `object`, got `null`"),
        (b"not json", "JSON is malformed"),
        (b"\xff\xfe\x00", "JSON is malformed"),
        (b"\xef\xbb\xbf{}", "JSON is malformed"),
        (b'{"bet_id": "\xff"}', "the message is not UTF-8"),
        (b'{"bet_id": "\\ud800 and more"}', "surrogate"),
        (b'{"bet_id": "b1"', "Input data was truncated"),
        (json.dumps(BET).encode() + b"{}", "trailing characters"),
        (b'{"version": NaN}', "JSON is malformed"),
        (b'{"version": Infinity}', "JSON is malformed"),
        (b'{"version": 1e400}', "Number out of range"),
        (b"[" * 64, "Expected `object`, got `array`"),
        (b'{"x": ' + b"[" * 100_000, "nested more than 64 deep"),
        (('{"x": ' + nested(100_000) + "}").encode(), "nested more than 64 deep"),
        (b'{"version": ' + b"9" * 10_000 + b"}", "out of range"),
    ],
)
def test_bytes_that_are_no_record_are_rejected(message: bytes | None, says: str) -> None:
    with pytest.raises(Rejected) as rejected:
        READERS["bets"].read(message, ARRIVED_MS)
    assert says in str(rejected.value)


def test_a_signalling_nan_as_the_rate_of_the_base_currency_is_rejected() -> None:
    assert "fx_rate: must be" in reason("bets", {**BET, "currency": "EUR", "fx_rate": "sNaN"})


def test_of_a_key_that_stands_twice_the_last_counts() -> None:
    raw = json.dumps(BET).replace('"version": 1', '"version": 5, "version": 6').encode()
    assert READERS["bets"].read(raw, ARRIVED_MS).version == 6


def test_ids_that_differ_only_in_case_stay_two_ids() -> None:
    assert (
        read("bets", {**BET, "bet_id": "É"}).bet_id != read("bets", {**BET, "bet_id": "é"}).bet_id
    )


def test_unknown_fields_are_passed_over() -> None:
    assert read("bets", {**BET, "shoe_size": {"left": [44]}}) == read("bets", BET)


def test_the_record_is_compared_with_its_arrival_and_never_with_the_clock() -> None:
    message = json.dumps(BET).encode()
    bets = READERS["bets"]
    accepted_ms = ARRIVED_MS
    assert isinstance(bets.read(message, accepted_ms + 400 * DAY_MS), Bet)
    with pytest.raises(Rejected, match="400 days back"):
        bets.read(message, accepted_ms + 400 * DAY_MS + 1)
    assert isinstance(bets.read(message, accepted_ms - 300_000), Bet)
    with pytest.raises(Rejected, match="300 s ahead"):
        bets.read(message, accepted_ms - 300_001)


@pytest.mark.parametrize(
    ("topic", "record", "key"),
    [
        (BETS, BET, b"b1"),
        (RESULTS, RESULT, b"g1\x1fmatch_result\x1f\x1fhome"),
        (ODDS, ODDS_RECORD, b"g1\x1ftotal\x1f2.5"),
        (GAMES, GAME, b"g1"),
    ],
)
def test_versions_of_one_thing_share_a_key(topic: Any, record: Json, key: bytes) -> None:
    assert topic.key(read(topic.name, record)) == key


@pytest.mark.parametrize("text", ["1_0", " 10", "10 ", "+10", "\u0661\u0660", "\uff11\uff10"])
@pytest.mark.parametrize("escaped", [True, False])
def test_a_number_in_a_text_is_written_as_in_json(text: str, escaped: bool) -> None:
    leg = {**LEG, "leg": 2, "odds": text}
    for topic, record, field in (
        (BETS, {**BET, "stake": text}, "stake"),
        (BETS, {**BET, "legs": [LEG, leg]}, "legs[1].odds"),
        (BETS, {**BET, "cash_out": {"fraction": 0, "amount": text}}, "cash_out.amount"),
        (ODDS, {**ODDS_RECORD, "prices": {"over": text}}, "prices[over]"),
    ):
        message = json.dumps(record, ensure_ascii=escaped).encode()
        with pytest.raises(Rejected) as rejected:
            reader(topic, RULES).read(message, ARRIVED_MS)
        assert str(rejected.value) == f"{field}: is a text that is no number"


@pytest.mark.parametrize("text", ["10", "10.50", "1E1", "1e+1"])
def test_ids_may_look_like_anything_beside_a_number_in_a_text(text: str) -> None:
    record = {**BET, "bet_id": "1_0", "customer_id": " 7 \u0661", "stake": text}
    bet = reader(BETS, RULES).read(json.dumps(record).encode(), ARRIVED_MS)

    assert bet.stake == Decimal(text)


@pytest.mark.parametrize("depth", [65, 900, 1000, 50_000])
def test_nesting_is_refused_at_the_same_depth_whoever_calls(depth: int) -> None:
    message = b'{"unknown": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"

    with pytest.raises(Rejected, match="nested more than 64 deep"):
        reader(BETS, RULES).read(message, 0)
