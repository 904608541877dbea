"""From a client's record to the contract's: exact, never guessed, never lost."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.contract.topics import BETS, GAMES, ODDS, RESULTS, TOPICS
from betpnl.paths import PROJECT
from betpnl.pull.expressions import Expression
from betpnl.pull.faults import MappingFault
from betpnl.pull.fields_file import FieldFrom
from betpnl.pull.json_exact import decode, encode
from betpnl.pull.loading import load
from betpnl.pull.mapping import mapped
from betpnl.pull.outgoing import Maker, Outgoing, RawLine, key_of
from tests.unit.contract_records import ARRIVED_MS, BET, GOOD, RULES

Json = dict[str, Any]
NEW_YEAR = "2026-01-01T00:00:00"
EXAMPLES = PROJECT / "docs" / "examples" / "pull"


def _field(value: Any) -> FieldFrom:
    return FieldFrom.model_validate({"at": value} if isinstance(value, str) else value)


def _made(source: Any, record: str) -> Any:
    return mapped({"x": _field(source)}, decode(record)).get("x")


@pytest.mark.parametrize(
    ("source", "record", "made"),
    [
        ("a.b[0]", '{"a": {"b": ["c"]}}', "c"),
        ("a", '{"a": 0.10}', Decimal("0.10")),
        ("a", "{}", None),
        ("a", '"text"', None),
        ("to_number(a)", '{"a": "1.10"}', Decimal("1.10")),
        ({"value": "EUR"}, "{}", "EUR"),
        ({"value": False}, "{}", False),
        ({"at": "a", "default": "d"}, '{"a": null}', "d"),
        ({"at": "a", "default": "d"}, '{"a": ""}', ""),
        ({"at": "a", "map": {"WON": "win"}}, '{"a": "WON"}', "win"),
        ({"at": "a", "map": {"WON": "win"}}, '{"a": "won"}', "won"),
        ({"at": "a", "map": {"WON": "win"}, "otherwise": "lose"}, '{"a": 3}', "lose"),
        ({"at": "a", "map": {"1": "web", "true": "yes"}}, '{"a": 1}', "web"),
        ({"at": "a", "map": {"1": "web", "true": "yes"}}, '{"a": true}', "yes"),
        ({"at": "a", "decimals": 2}, '{"a": 1025}', Decimal("10.25")),
        ({"at": "a", "decimals": 2}, '{"a": "1025"}', Decimal("10.25")),
        ({"at": "a", "decimals": 2}, '{"a": -5}', Decimal("-0.05")),
        (
            {"at": "a", "decimals": 2},
            '{"a": 1234567890123456789012345678901234567890}',
            Decimal("12345678901234567890123456789012345678.90"),
        ),
        ({"at": "a", "as": "text"}, '{"a": 12345678901234567890123}', "12345678901234567890123"),
        ({"at": "a", "as": "text"}, '{"a": "x"}', "x"),
        ({"at": "a", "as": "number"}, '{"a": {"b": "1.10"}}', {"b": Decimal("1.10")}),
        ({"at": "a", "as": "line"}, '{"a": 2.50}', "2.5"),
        ({"at": "a", "as": "line"}, '{"a": "-0.0"}', "0"),
        ({"at": "a", "as": "line"}, '{"a": 1E1}', "10"),
        ({"at": "a", "as": "line"}, '{"a": 100}', "100"),
        ({"at": "a", "as": "line"}, '{"a": ""}', ""),
        ({"at": "a", "as": "time"}, '{"a": 1767225600123}', "2026-01-01T00:00:00.123Z"),
        ({"at": "a", "as": "time", "epoch": "s"}, '{"a": 1767225600.5}', f"{NEW_YEAR}.500Z"),
        ({"at": "a", "as": "time"}, '{"a": "2026-01-01T01:00:00+01:00"}', f"{NEW_YEAR}.000Z"),
        (
            {"at": "a", "as": "time", "zone": "Europe/Malta"},
            '{"a": "2026-07-01 02:00:00.000001"}',
            "2026-07-01T00:00:00.000001Z",
        ),
        ({"at": "a", "as": "ms"}, '{"a": "2026-01-01T00:00:00.1239Z"}', 1767225600123),
        ({"at": "a", "as": "us"}, '{"a": "2026-01-01T00:00:00.123456Z"}', 1767225600123456),
        ({"each": "a", "fields": {"n": {"count": True}}}, '{"a": [5, 6]}', [{"n": 1}, {"n": 2}]),
        ({"each": "[@]", "fields": {"n": {"at": "b"}}}, '{"b": 7}', [{"n": 7}]),
        (
            {"each": "a", "fields": {"n": {"at": "b", "of": "record"}, "m": {"at": "b"}}},
            '{"a": [{"b": 1}], "b": 2}',
            [{"n": 2, "m": 1}],
        ),
        (
            {"each": "a", "key": "k", "at": "p", "as": "number"},
            '{"a": [{"k": "home", "p": "2.10"}, {"k": 2, "p": 3}]}',
            {"home": Decimal("2.10"), "2": 3},
        ),
        ({"each": "a", "fields": {}}, "{}", None),
        ({"fields": {"b": {"at": "c"}}}, '{"c": 1}', {"b": 1}),
        ({"at": "d", "fields": {"b": {"at": "c"}}}, '{"d": {"c": 1}}', {"b": 1}),
        ({"fields": {"b": {"at": "c"}}}, "{}", None),
    ],
)  # fmt: skip
def test_a_field_comes_from_where_the_file_says(source: Any, record: str, made: Any) -> None:
    found = _made(source, record)

    assert found == made
    assert type(found) is type(made)


@pytest.mark.parametrize(
    ("source", "record", "words"),
    [
        ({"at": "a", "decimals": 2}, '{"a": "ten"}', "x: is no number"),
        ({"at": "a", "decimals": 2}, '{"a": true}', "x: is no number"),
        ({"at": "a", "decimals": 2}, '{"a": 1e999999}', "x: is no amount"),
        ({"at": "a", "as": "text"}, '{"a": [1]}', "x: is neither"),
        ({"at": "a", "as": "text"}, '{"a": true}', "x: is neither"),
        ({"at": "a", "as": "number"}, '{"a": "1_000"}', "x: is no number"),
        ({"at": "a", "as": "number"}, '{"a": "NaN"}', "x: is no number"),
        ({"at": "a", "as": "line"}, '{"a": "low"}', "x: is no number"),
        ({"at": "a", "as": "time"}, '{"a": "yesterday"}', "x: is no time"),
        ({"at": "a", "as": "time"}, '{"a": 1e300}', "x: is no time"),
        ({"at": "a", "as": "time"}, '{"a": 99999999999999999}', "x: is no time"),
        ({"at": "a", "as": "ms"}, '{"a": "2026-01-01 00:00:00"}', "without an offset"),
        ({"at": "a", "as": "ms"}, '{"a": {}}', "x: is no time"),
        ("sum(a)", '{"a": "x"}', "x: sum(a) fails"),
        ({"each": "a", "fields": {}}, '{"a": {}}', "x: each finds no list"),
        (
            {"each": "a", "fields": {"n": {"at": "b", "decimals": 2}}},
            '{"a": [{"b": 1}, {"b": "?"}]}',
            "x[1].n: is no number",
        ),
        ({"each": "a", "key": "k", "at": "k"}, '{"a": [{"k": 1}, {"k": 1}]}', "the same twice"),
        ({"each": "a", "key": "k", "at": "p"}, '{"a": [{}]}', "x: is neither"),
    ],
)
def test_what_cannot_be_made_is_said_and_not_guessed(source: Any, record: str, words: str) -> None:
    with pytest.raises(MappingFault) as fault:
        _made(source, record)
    assert words in str(fault.value)


@pytest.mark.parametrize(
    ("expression", "value", "found"),
    [
        ("sum(a)", '{"a": [0.1, 0.2]}', Decimal("0.3")),
        ("avg(a)", '{"a": [0.1, 0.2]}', Decimal("0.15")),
        ("max(a)", '{"a": [1, 1.5]}', Decimal("1.5")),
        ("sort(a)", '{"a": [2.5, 1]}', [1, Decimal("2.5")]),
        ("max_by(a, &b).b", '{"a": [{"b": 1.5}, {"b": 2}]}', 2),
        ("abs(a)", '{"a": -1.10}', Decimal("1.10")),
        ("a == `1.1`", '{"a": 1.10}', True),
        ("a[?b > `1.5`].c", '{"a": [{"b": 1.6, "c": 1}, {"b": 1.5, "c": 2}]}', [1]),
        ("`0.1`", "{}", Decimal("0.1")),
        ("to_string(a)", '{"a": 1.10}', "1.10"),
        ("type(a)", '{"a": 1.10}', "number"),
        ("to_number(a)", '{"a": "0x10"}', None),
        ("to_number(a)", '{"a": "१"}', None),
    ],
)
def test_jmespath_is_exact(expression: str, value: str, found: Any) -> None:
    assert Expression(expression).search(decode(value)) == found


NUMBERS = st.from_regex(r"\A-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?\Z")


@given(NUMBERS)
def test_a_number_keeps_its_value_through_json(text: str) -> None:
    assert Decimal(encode(decode(text)).decode()) == Decimal(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
BET_FIELDS = load(EXAMPLES / "bets.toml").file.fields


def _maker(topic: Any = BETS, fields: Any = BET_FIELDS, bytes_max: int = 10_000) -> Maker:
    return Maker(topic, fields, RULES, lambda: ARRIVED_MS, bytes_max)


@given(JSON)
def test_whatever_comes_something_goes_out(record: Any) -> None:
    for maker in (_maker(), _maker(fields=None), _maker(GAMES, None)):
        out = maker.make(record)

        assert out.key
        assert out.value
        assert out.fault


TICKET: Json = {
    "ticket": 4711,
    "changed_at": "2024-05-01T12:00:00.123456+00:00",
    "placed_at": "2024-05-01T11:59:59Z",
    "state": "OPEN",
    "customer": {"id": 9, "country": "MT"},
    "channel": 2,
    "currency": "USD",
    "rate_to_eur": "0.92",
    "stake_cents": 1050,
    "lines": [
        {
            "event": {"id": "e1", "sport": "SOCCER", "league": "Premier"},
            "market": "1X2",
            "pick": "1",
            "price": "2.350",
            "handicap": None,
            "prices": [{"pick": "1", "price": "2.35"}, {"pick": "X", "price": "3.4"}],
        }
    ],
}


def test_the_example_makes_a_bet_of_a_ticket() -> None:
    out = _maker().make(decode(json.dumps(TICKET)))

    assert out.fault == ""
    assert out.key == b"4711"
    assert decode(out.value.decode()) == {
        "bet_id": "4711",
        "version": 1714564800123456,
        "status": "accepted",
        "accepted_at": "2024-05-01T11:59:59.000Z",
        "customer_id": "9",
        "channel": "app",
        "region": "MT",
        "currency": "USD",
        "fx_rate": "0.92",
        "stake": Decimal("10.50"),
        "stake_type": "cash",
        "bet_type": "single",
        "legs": [
            {
                "leg": 1,
                "game_id": "e1",
                "sport": "football",
                "competition": "Premier",
                "market": "match_result",
                "line": "",
                "selection": "home",
                "odds": Decimal("2.350"),
                "in_play": False,
                "market_odds": {"home": Decimal("2.35"), "draw": Decimal("3.4")},
            }
        ],
    }


def test_the_example_knows_cash_outs_and_accumulators() -> None:
    line = TICKET["lines"][0]
    ticket = {
        **TICKET,
        "state": "CASHED_OUT",
        "cashed_out": {"share": 1, "cents": 900},
        "lines": [line, {**line, "handicap": -2.5}],
    }
    out = _maker().make(decode(json.dumps(ticket)))

    assert out.fault == ""
    made = decode(out.value.decode())
    assert made["cash_out"] == {"fraction": 1, "amount": Decimal("9.00")}
    assert made["bet_type"] == "accumulator"
    assert [leg["line"] for leg in made["legs"]] == ["", "-2.5"]


def test_the_example_makes_a_result() -> None:
    fields = load(EXAMPLES / "results.toml").file.fields
    record = {
        "event": "e1",
        "market": "match_result",
        "pick": "home",
        "changed": "2024-05-01T14:00:00Z",
        "outcome": "HALF_WON",
    }
    out = _maker(RESULTS, fields).make(record)

    assert out.fault == ""
    assert out.key == b"e1\x1fmatch_result\x1f\x1fhome"
    assert decode(out.value.decode())["result"] == "half_win"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"state": "PENDING"}, "Invalid enum value 'PENDING' - at `$.status`"),
        ({"currency": "XXQ"}, "currency: is not in ISO 4217"),
        ({"lines": []}, "Expected `array` of length >= 1 - at `$.legs`"),
        ({"stake_cents": -1}, "stake: must be above 0"),
    ],
)
def test_an_invalid_bet_goes_out_under_its_own_key(changes: Json, fault: str) -> None:
    out = _maker().make(decode(json.dumps({**TICKET, **changes})))

    assert (out.key, out.fault) == (b"4711", fault)


def test_a_record_that_cannot_be_mapped_goes_out_wrapped_and_can_never_count() -> None:
    # It looks like the contract's own; its stake would count a hundredfold.
    record = decode(json.dumps({**BET, "changed_at": "rubbish"}))
    out = _maker().make(record)

    assert decode(out.value.decode()) == {"not_mapped": "version: is no time", "record": record}
    assert "missing required field" in out.fault


@pytest.mark.parametrize(("topic", "record"), GOOD)
def test_a_record_of_the_contract_keeps_its_key_and_every_number(topic: str, record: Json) -> None:
    (kind,) = [each for each in TOPICS if each.name == topic]
    out = _maker(kind, None).make(decode(json.dumps(record)))

    assert out.fault in ("", "fx_rate: must be 1 for the base currency") or topic == "fx_rates"
    assert decode(out.value.decode()) == decode(json.dumps(record))


def test_keys_are_those_of_the_contract() -> None:
    full = {"game_id": "g", "market": "m", "line": "2.5", "selection": "s"}
    assert key_of(RESULTS, full) == b"g\x1fm\x1f2.5\x1fs"
    assert key_of(ODDS, {"game_id": "g", "market": "m"}) == b"g\x1fm\x1f"
    assert key_of(ODDS, {"game_id": 1, "market": "m"}) == b""
    assert key_of(BETS, {"bet_id": "x" * 2000}) == b""
    assert key_of(BETS, ["bet_id"]) == b""


def test_a_key_that_cannot_be_read_is_the_same_each_time() -> None:
    first, again = (_maker(fields=None).make({"no": "id"}) for _ in range(2))
    other = _maker(fields=None).make({"no": "ids"})

    assert first == again
    assert first.key != other.key
    assert first.digest != other.digest


def test_a_record_too_large_for_kafka_is_cut_and_said() -> None:
    out = _maker(fields=None).make({**BET, "comment": "x" * 20_000})

    assert len(out.key) + len(out.value) == 10_000
    assert out.key == b"b1"
    assert out.fault == "the record is larger than a message may be"


def test_a_line_that_is_no_json_goes_out_as_it_is() -> None:
    out = _maker().make(RawLine(b"{broken"))

    assert out.value == b"{broken"
    assert out.fault


def test_the_same_contents_under_another_key_are_another_record() -> None:
    assert Outgoing(b"a", b"x", "").digest != Outgoing(b"b", b"x", "").digest
