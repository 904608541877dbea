"""From rows to records: names with dots, legs, types, and what is published of them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from betpnl.contract.checks import Rules
from betpnl.contract.limits import VERSION_MAX
from betpnl.contract.topics import BETS, GAMES, ODDS, RESULTS
from betpnl.source import keys, shaping, versions
from betpnl.source.claims import Claims, plain_keys
from betpnl.source.memory import GONE, Known
from betpnl.source.records import Outcome, Recorder

RULES = Rules(base_currency="EUR", bet_horizon_ms=10**15, accepted_ahead_ms=10**15)
AT = datetime(2026, 1, 5, 18, 30, tzinfo=UTC)
COLUMNS = (
    *("key", "bet_id", "status", "accepted_at", "currency", "stake", "bet_type"),
    *("cash_out.fraction", "cash_out.amount"),
    *("legs.game_id", "legs.sport", "legs.market", "legs.line", "legs.selection", "legs.odds"),
    *("legs.in_play", "legs.market_odds"),
)


def _row(ticket: int = 1, selection: str = "home", **changes: Any) -> tuple[Any, ...]:
    values = {
        "key": ticket,
        "bet_id": ticket,
        "status": "accepted",
        "accepted_at": AT,
        "currency": "EUR",
        "stake": Decimal("10.50"),
        "legs.game_id": 77,
        "legs.sport": "football",
        "legs.market": "total",
        "legs.line": Decimal("2.50"),
        "legs.selection": selection,
        "legs.odds": Decimal("2.3500"),
        "legs.in_play": 1,
        "legs.market_odds": '{"home": 2.35, "away": 3.1}',
        **changes,
    }
    return tuple(values.get(name) for name in COLUMNS)


def _fields(*rows: tuple[Any, ...]) -> dict[keys.Key, dict[str, Any]]:
    return shaping.records(BETS, COLUMNS, ["key"], rows)


def _recorder(section: str = "bets", **options: Any) -> Recorder:
    return Recorder(section, RULES, 10_000, **options)


def _alone() -> dict[str, Any]:
    """What a row is read with that no other row has to do with."""
    return {"row": "row", "claims": Claims({})}


def _json(outcome: Outcome) -> dict[str, Any]:
    ((_, value),) = outcome.messages
    found: dict[str, Any] = msgspec.json.decode(value)
    return found


def test_columns_become_what_the_contract_says() -> None:
    (fields,) = _fields(_row()).values()

    outcome = _recorder().read(fields, None, 5, 0, **_alone())

    assert outcome.reason == ""
    assert outcome.messages[0][0] == b"1"
    assert b'"stake":10.50' in outcome.messages[0][1]
    found = _json(outcome)
    assert (found["bet_id"], found["version"]) == ("1", 5)
    assert found["accepted_at"] == "2026-01-05T18:30:00Z"
    assert found["legs"] == [
        {
            "leg": 1,
            "game_id": "77",
            "sport": "football",
            "market": "total",
            "line": "2.5",
            "selection": "home",
            "odds": 2.35,
            "in_play": True,
            "market_odds": {"home": 2.35, "away": 3.1},
        }
    ]
    assert "cash_out" not in found


def test_a_row_a_leg_whatever_their_order() -> None:
    found = _fields(_row(1, "home"), _row(2, "draw"), _row(1, "away"))

    legs = {key: [leg["selection"] for leg in each["legs"]] for key, each in found.items()}
    assert legs == {(1,): ["home", "away"], (2,): ["draw"]}
    assert [leg["leg"] for leg in found[1,]["legs"]] == [1, 2]


def test_legs_that_are_numbered_are_sorted() -> None:
    columns = ("key", "legs.leg", "legs.selection")
    rows = [(1, 2, "second"), (1, 1, "first")]

    (fields,) = shaping.records(BETS, columns, ["key"], rows).values()

    assert [leg["selection"] for leg in fields["legs"]] == ["first", "second"]


def test_dots_make_objects_and_json_makes_fields() -> None:
    fields = _fields(_row(**{"cash_out.fraction": Decimal("0.5"), "cash_out.amount": Decimal(4)}))[
        1,
    ]
    assert fields["cash_out"] == {"fraction": Decimal("0.5"), "amount": Decimal(4)}

    columns = ("key", "game_id", "market", "version", "at", "prices")
    row = (1, "g", "m", Decimal(3), AT, '{"home": 1.10, "away": 7}')
    (odds,) = shaping.records(ODDS, columns, ["key"], [row]).values()
    assert odds["prices"] == {"home": Decimal("1.10"), "away": 7}
    assert _recorder("odds").read(odds, None, 0, 0, **_alone()).reason == ""


def test_legs_may_be_one_json_column() -> None:
    columns = (*tuple(name for name in COLUMNS if not name.startswith("legs.")), "legs")
    legs = (
        '[{"game_id": 5, "sport": "tennis", "market": "winner", "selection": "a", "odds": 1.50,'
        ' "in_play": 0}]'
    )
    values = dict(zip(COLUMNS, _row(), strict=True))
    row = (*tuple(values.get(name) for name in columns[:-1]), legs)

    (fields,) = shaping.records(BETS, columns, ["key"], [row]).values()

    assert fields["legs"][0] == {
        "leg": 1,
        "game_id": "5",
        "sport": "tennis",
        "market": "winner",
        "selection": "a",
        "odds": Decimal("1.50"),
        "in_play": False,
    }
    assert _recorder().read(fields, None, 0, 0, **_alone()).reason == ""


def test_two_rows_without_legs_are_rejected_by_name() -> None:
    columns = ("game_id", "sport")
    (fields,) = shaping.records(GAMES, columns, ["game_id"], [("g", "a"), ("g", "b")]).values()

    outcome = _recorder("games").read(fields, None, 1, 0, **_alone())

    assert "the SELECT gives 2 rows for this record" in outcome.reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stake": Decimal(0)}, "stake: must be above 0"),
        ({"status": b"\xff\xfe"}, "`$.status`"),
        ({"legs.odds": "much"}, "`$.legs[0].odds`"),
        ({"legs.market_odds": "{no json"}, "`$.legs[0].market_odds`"),
        ({"accepted_at": "0000-00-00 00:00:00"}, "`$.accepted_at`"),
        ({"bet_id": "x" * 65}, "`$.bet_id`"),
        ({"legs.selection": "x" * 20_000}, "the record has 20"),
        ({"stake": object()}, "the record cannot be written"),
    ],
)
def test_what_is_wrong_is_published_and_says_why(changes: dict[str, Any], words: str) -> None:
    (fields,) = _fields(_row(**changes)).values()

    outcome = _recorder().read(fields, None, 5, 0, **_alone())

    assert words in outcome.reason
    assert len(outcome.messages) == 1
    assert outcome.known is not None
    assert outcome.known.record is None


def test_the_same_again_is_not_published() -> None:
    (fields,) = _fields(_row()).values()
    first = _recorder().read(fields, None, 5, 0, **_alone()).known
    assert first is not None

    assert _recorder().read(fields, first, 9, 0, **_alone()) == Outcome((), None)


def test_versions_of_a_record_only_grow() -> None:
    known = None
    seen = []
    for place, stake in ((100, 1), (100, 2), (90, 3), (200, 4)):
        (fields,) = _fields(_row(stake=Decimal(stake))).values()
        outcome = _recorder().read(fields, known, place, 0, **_alone())
        known = outcome.known
        seen.append(_json(outcome)["version"])

    assert seen == [100, 101, 102, 200]


def test_a_version_of_the_clients_own_is_used_as_it_is() -> None:
    (fields,) = _fields(_row()).values()
    first = _recorder().read({**fields, "version": 3}, None, 99, 0, **_alone())
    assert _json(first)["version"] == 3

    stale = _recorder().read(
        {**fields, "version": 3, "stake": Decimal(1)}, first.known, 99, 0, **_alone()
    )
    assert stale.stale

    assert first.known is not None
    assert _json(_recorder().gone(first.known, 99, **_alone()))["version"] == 4


def test_a_record_that_is_gone_is_its_last_valid_one_cancelled() -> None:
    (fields,) = _fields(_row()).values()
    valid = _recorder().read(fields, None, 5, 0, **_alone())
    broken = _recorder().read({**fields, "stake": Decimal(-1)}, valid.known, 6, 0, **_alone())
    assert broken.reason != ""
    assert broken.known is not None

    gone = _recorder().gone(broken.known, 7, **_alone())

    assert _json(gone) == {**_json(valid), "status": "cancelled", "version": 7}
    assert gone.known == Known(7, GONE, None, broken.known.day)
    assert _recorder().gone(gone.known, 8, **_alone()) == Outcome((), None)
    again = _recorder().read(fields, gone.known, 7, 0, **_alone())
    assert _json(again) == {**_json(valid), "version": 8}


def test_what_was_never_published_or_never_valid_is_not_cancelled() -> None:
    (fields,) = _fields(_row(stake=Decimal(-1))).values()

    assert _recorder().gone(None, 7, **_alone()) == Outcome((), None)
    assert (
        _recorder()
        .gone(_recorder().read(fields, None, 5, 0, **_alone()).known, 7, **_alone())
        .messages
        == ()
    )


@pytest.mark.parametrize(("section", "options"), [("bets", {"keep_deleted": True}), ("odds", {})])
def test_where_deletions_say_nothing_nothing_is_said(section: str, options: dict[str, Any]) -> None:
    known = Known(1, b"content", b'{"bet_id":"1","status":"accepted"}')

    assert _recorder(section, **options).gone(known, 7, **_alone()).messages == ()


def test_a_result_that_is_gone_is_rolled_back() -> None:
    columns = ("key", "game_id", "market", "selection", "result", "settled_at")
    row = (1, "g", "m", "home", "win", AT)
    (fields,) = shaping.records(RESULTS, columns, ["key"], [row]).values()
    first = _recorder("results").read(fields, None, 1, 0, **_alone())

    assert first.messages[0][0] == b"g\x1fm\x1f\x1fhome"
    assert _json(_recorder("results").gone(first.known, 2, **_alone()))["status"] == "rolled_back"


def test_a_record_that_changes_its_id_ends_under_the_old_one() -> None:
    (before,) = _fields(_row(bet_id="old")).values()
    (after,) = _fields(_row(bet_id="new")).values()
    first = _recorder().read(before, None, 5, 0, **_alone())

    found = _recorder().read(after, first.known, 6, 0, **_alone()).messages

    assert [key for key, _ in found] == [b"old", b"new"]
    assert msgspec.json.decode(found[0][1])["status"] == "cancelled"


def test_a_place_in_the_log_makes_a_version() -> None:
    places = [("binlog.000001", 4), ("binlog.000001", 2**32 - 1), ("binlog.000002", 4)]
    found = [versions.version(0, versions.position(*place)) for place in places]
    assert found == sorted(set(found))
    assert versions.version(1, versions.position("binlog.000001", 4)) > found[-1]
    furthest = versions.version(5000, versions.position("b.9999999", 2**40))
    assert furthest <= VERSION_MAX
    assert versions.after(VERSION_MAX, 0) == VERSION_MAX


@pytest.mark.parametrize(
    ("key", "kinds"),
    [((5,), ["bigint"]), (("a", 7), ["varchar", "int"]), ((b"\x00\xff",), ["binary"])],
)
def test_a_key_is_the_same_wherever_it_is_read(key: keys.Key, kinds: list[str]) -> None:
    assert keys.from_text(keys.to_text(key), kinds) == key
    assert keys.from_row(key) == key
    assert keys.from_row([*key, None]) is None
    hexadecimal = [part.hex() if isinstance(part, bytes) else part for part in key]
    assert keys.from_change(hexadecimal, kinds) == key


def test_keys_of_another_table_are_told_from_those_of_this_one() -> None:
    texts = ["[1]", '["a"]', '["61"]', '[1, "a"]']

    assert keys.from_texts(texts, ["bigint"]) == ([(1,)], ['["a"]', '["61"]', '[1, "a"]'])
    assert keys.from_texts(texts, ["enum"]) == ([("a",), ("61",)], ["[1]", '[1, "a"]'])
    assert keys.from_texts(texts, ["binary"]) == ([(b"a",)], ["[1]", '["a"]', '[1, "a"]'])
    assert keys.from_texts(texts, ["int", "varchar"]) == ([(1, "a")], texts[:3])
    assert keys.from_texts(['["1.5"]', "[2]"], ["decimal"]) == ([("1.5",), (2,)], [])


def test_a_decimal_key_is_an_integer() -> None:
    assert keys.from_row([Decimal(12345678901234567890)]) == (12345678901234567890,)


def test_a_record_that_moves_to_another_row_lives_on() -> None:
    (fields,) = _fields(_row(bet_id="b")).values()
    claims = Claims({})
    first = _recorder().read(fields, None, 5, 0, row="old", claims=claims)

    moved = _recorder().read({**fields, "stake": Decimal(7)}, None, 5, 0, row="new", claims=claims)
    gone = _recorder().gone(first.known, 5, row="old", claims=claims)

    assert _json(first)["version"] == 5
    assert (_json(moved)["version"], _json(moved)["status"]) == (6, "accepted")
    assert gone.messages == ()
    assert gone.known is not None
    assert gone.known.content == GONE


def test_a_record_that_was_ended_before_it_came_up_elsewhere_comes_back() -> None:
    (fields,) = _fields(_row(bet_id="b")).values()
    claims = Claims({})
    first = _recorder().read(fields, None, 5, 0, row="old", claims=claims)
    gone = _recorder().gone(first.known, 9, row="old", claims=claims)

    back = _recorder().read(fields, None, 9, 0, row="new", claims=claims)

    assert (_json(gone)["version"], _json(gone)["status"]) == (9, "cancelled")
    assert (_json(back)["version"], _json(back)["status"]) == (10, "accepted")


def test_a_version_of_the_clients_own_outdoes_an_end_that_was_none() -> None:
    (fields,) = _fields(_row(bet_id="b", version=3)).values()
    fields["version"] = 3
    claims = Claims({})
    first = _recorder().read(fields, None, 5, 0, row="old", claims=claims)
    moved = _recorder().read(fields, None, 5, 0, row="new", claims=claims)
    _recorder().gone(moved.known, 9, row="new", claims=claims)

    back = _recorder().read(fields, None, 9, 0, row="third", claims=claims)

    assert [_json(each)["version"] for each in (first, moved, back)] == [3, 3, 5]


def test_two_rows_that_swap_their_records_end_none() -> None:
    (one,) = _fields(_row(bet_id="a")).values()
    (two,) = _fields(_row(bet_id="b")).values()
    claims = Claims({})
    first = _recorder().read(one, None, 5, 0, row="1", claims=claims)
    second = _recorder().read(two, None, 5, 0, row="2", claims=claims)

    swapped = [
        *_recorder().read(two, first.known, 6, 0, row="1", claims=claims).messages,
        *_recorder().read(one, second.known, 6, 0, row="2", claims=claims).messages,
    ]

    newest = {key: msgspec.json.decode(value) for key, value in swapped}
    assert {key: bet["status"] for key, bet in newest.items()} == {
        b"a": "accepted",
        b"b": "accepted",
    }


def test_a_row_whose_key_is_the_records_id_needs_no_claim() -> None:
    assert keys.to_text(("b-1",)) in plain_keys(b"b-1")
    assert keys.to_text((12,)) in plain_keys(b"12")
    assert keys.to_text((12,)) not in plain_keys(b"012")
    assert keys.to_text(("x", "b-1")) not in plain_keys(b"b-1")
