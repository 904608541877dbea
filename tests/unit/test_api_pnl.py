"""PNL out: cursors, texts of money, mailboxes, examples. What needs MySQL is in tests/e2e."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, get_args

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from betpnl.api.app import create_app
from betpnl.api.errors import ApiError
from betpnl.api.pnl import cursor, examples, hub, pages
from betpnl.api.pnl.answers import GamePnl, decimal_text, time_text
from betpnl.api.pnl.cursor import CursorError, Place
from betpnl.api.pnl.feed import Feed
from betpnl.api.pnl.mailbox import Mailbox, Told
from betpnl.api.pnl.questions import GamesQuestion, Sort
from betpnl.api.pnl.stream import PART_MAX, Seats, written
from betpnl.errors import UserError
from tests.unit.api_serving import Served, serving, settings
from tests.waiting import DEADLINE_S

MONEY = st.decimals(
    min_value=Decimal("-1e30"), max_value=Decimal("1e30"), places=4, allow_nan=False
)


@given(MONEY)
def test_money_is_exact_text_with_four_decimals(amount: Decimal) -> None:
    text = decimal_text(amount)

    assert Decimal(text) == amount
    assert len(text.rpartition(".")[2]) == 4
    assert "E" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0.0000"), ("0E-8", "0.00000000"), ("1E+3", "1000.0000"), ("0.00000001", "0.00000001"),
     ("10.125", "10.1250")],
)  # fmt: skip
def test_a_decimal_has_all_its_decimals_and_no_exponent(value: str, text: str) -> None:
    assert decimal_text(Decimal(value)) == text


def test_a_time_is_utc_to_the_millisecond() -> None:
    assert time_text(datetime(2026, 1, 5, 18, 30)) == "2026-01-05T18:30:00.000Z"


PLACES = st.one_of(
    st.tuples(st.just(str), st.text(max_size=64)),
    st.tuples(st.just(Decimal), MONEY),
    st.tuples(st.just(datetime), st.datetimes()),
)


@given(PLACES, st.text(max_size=64))
def test_a_cursor_reads_as_it_was_written(place: tuple[type[Place], Place], game_id: str) -> None:
    text = cursor.write("q", place[1], game_id)

    assert text.isascii()
    assert cursor.read(text, "q", place[0]) == (place[1], game_id)
    with pytest.raises(CursorError, match="other filters"):
        cursor.read(text, "another", place[0])


@given(
    st.one_of(
        st.text(max_size=40),
        st.binary(max_size=40).map(lambda raw: base64.urlsafe_b64encode(raw).decode()),
        st.lists(st.one_of(st.text(max_size=5), st.integers(), st.none()), max_size=4).map(
            lambda parts: base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode()
        ),
        st.sampled_from(["NaN", "Infinity", "1e999999", "", "x"]).map(
            lambda place: cursor.write("q", place, "g")
        ),
    ),
    st.sampled_from([Decimal, datetime]),
)
def test_whatever_else_is_sent_as_a_cursor_is_refused(text: str, kind: type[Place]) -> None:
    with pytest.raises(CursorError):
        cursor.read(text, "q", kind)


def test_a_walk_keeps_its_question() -> None:
    first = GamesQuestion(sport=["a"])

    assert first.fingerprint == GamesQuestion(sport=["a"], limit=3, cursor="x").fingerprint
    assert first.fingerprint != GamesQuestion(sport=["b"]).fingerprint
    assert first.fingerprint != GamesQuestion(sport=["a"], sort="-handle").fingerprint


def test_every_order_that_may_be_asked_for_is_known() -> None:
    asked = {GamesQuestion(sort=sort).sorted_by for sort in get_args(Sort)}

    assert asked == set(pages._ORDERS)


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 0},
        {"limit": 1001},
        {"sort": "handle; DROP TABLE bet"},
        {"status": ["over"]},
        {"min_liability": "NaN"},
        {"min_liability": "1e99"},
        {"min_liability": "-1"},
        {"changed_since": "0001-01-01T00:00:00+14:00"},
        {"changed_since": "9999-12-31T23:59:59-14:00"},
        {"changed_since": "2026-01-05T00:00:00"},
        {"id": ["x" * 65]},
        {"id": ["x"] * 501},
    ],
)
def test_what_does_not_fit_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GamesQuestion(**asked)


@pytest.mark.parametrize(
    "path", ["/v1/games", "/v1/games/{game_id}", "/v1/sports", "/v1/bets/{bet_id}"]
)
def test_the_examples_are_as_the_schema_says(tmp_path: Any, path: str) -> None:
    document = create_app(settings(tmp_path, api_serves="pnl")).openapi()
    said = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]

    schema = {**said["schema"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(said["example"])


def told(game_id: str, number: int = 1, **changes: Any) -> Told:
    whole = examples.ANSWERS["GamesPage"]["games"][0] | {"game_id": game_id} | changes
    game = msgspec.convert(whole, GamePnl)
    return Told(game, number, msgspec.json.encode(game))


def test_a_mailbox_keeps_the_newest_of_each_game_alone() -> None:
    box = Mailbox(lambda game: game.sport == "football")
    box.put_all([told("a"), told("b"), told("c", sport="tennis")], 1, "1")
    for number in range(2, 100):
        box.put([(told("a"), told("a", number, bets=number))], number, str(number))
    box.put([(told("b"), None)], 100, "100")

    batch = box.take()

    assert batch.whole
    assert [msgspec.json.decode(raw)["bets"] for raw in batch.games] == [99]
    assert batch.removed == ["b"]
    assert (batch.number, batch.as_of) == (100, "100")
    assert box.take().games == []


def test_a_game_that_leaves_the_filter_is_removed_and_one_that_comes_back_is_there() -> None:
    box = Mailbox(lambda game: game.sport == "football")
    box.put([(told("a"), told("a", sport="tennis"))], 1, "1")
    assert box.take().removed == ["a"]
    box.put([(told("a"), None)], 2, "2")
    box.put([(None, told("a"))], 3, "3")

    batch = box.take()

    assert (len(batch.games), batch.removed) == (1, [])


def test_news_of_no_interest_wake_nobody_but_the_end_of_silence_does() -> None:
    async def awake(box: Mailbox) -> bool:
        waiting = asyncio.create_task(box.wait())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        woken = waiting.done()
        waiting.cancel()
        return woken

    async def act() -> None:
        box = Mailbox(lambda game: game.sport == "football")
        tennis = told("a", sport="tennis")
        box.put([(None, tennis)], 1, "1")
        assert not await awake(box)
        box.put_stale("gone", "1")
        assert await awake(box)
        assert box.take().stale == "gone"
        box.put([], 2, "2")
        assert await awake(box)
        assert not box.take().stale
        box.put([], 3, "3")
        assert not await awake(box)

    asyncio.run(act())


def test_a_large_snapshot_comes_in_parts_and_only_the_last_has_an_id() -> None:
    box = Mailbox(lambda _: True)
    box.put_all([told(f"g{number}") for number in range(PART_MAX + 1)], 7, "1")

    events = [event.decode() for event in written(box.take(), "epoch.filter")]

    assert [event.startswith("id: epoch.filter.7\r\n") for event in events] == [False, True]
    data = [msgspec.json.decode(event.partition("data: ")[2]) for event in events]
    assert [(each["part"], each["parts"], len(each["games"])) for each in data] == [
        (1, 2, PART_MAX),
        (2, 2, 1),
    ]


def test_news_that_were_not_fetched_go_out_before_the_silence() -> None:
    box = Mailbox(lambda _: True)
    box.put_all([told("a")], 1, "1")
    box.put_stale("gone", "1")

    events = [event.decode() for event in written(box.take(), "e")]

    assert ["event: games" in event for event in events] == [True, False]
    assert "event: stale" in events[1]


def test_each_who_listens_while_mysql_is_away_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "RETRY_S", 0.01)

    def connect() -> Any:
        raise UserError("MySQL is away")

    async def act() -> list[str]:
        shared, heard = hub.Hub(Feed(connect), interval_ms=10), []
        try:
            for _ in range(2):
                with shared.listening(lambda _: True) as box:
                    await asyncio.wait_for(box.wait(), DEADLINE_S)
                    heard.append(box.take().stale)
                # Nobody listens: the reading ends, and begins anew with whoever comes next.
                while shared.is_reading:
                    await asyncio.sleep(0)
        finally:
            await shared.close()
        return heard

    assert asyncio.run(act()) == ["MySQL does not answer."] * 2


def test_seats_are_given_back() -> None:
    seats = Seats(most=2, per_client=1)
    with seats.taken("a"):
        with pytest.raises(ApiError) as own, seats.taken("a"):
            pass
        with seats.taken("b"), pytest.raises(ApiError) as whole, seats.taken("c"):
            pass
    assert (own.value.status, whole.value.status) == (429, 503)
    with seats.taken("a"):
        pass


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    # Its home has no MySQL: a 503 means that it would have been asked.
    with serving(settings(tmp_path_factory.mktemp("home"), api_serves="all")) as served:
        yield served


@pytest.mark.parametrize("path", ["/v1/bets/", "/v1/games/", "/v1/results/"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_that_ends_with_a_slash_is_none(api: Served, method: str, path: str) -> None:
    assert api.allowed.request(method, path).status_code == 404


@pytest.mark.parametrize("path", ["/v1/bets/a%2Fb", "/v1/bets/a/b", "/v1/bets/%2F", "/v1/games/x"])
def test_an_id_may_hold_slashes(api: Served, path: str) -> None:
    assert api.allowed.get(path).status_code == 503
    assert api.allowed.post(path).headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=1&limit=1", "limit"),
        ("sort=handle&limit=1&sort=-handle", "sort"),
        ("cursor=&cursor=", "cursor"),
        ("open=true&open=false", "open"),
        ("sport=a&sport=b&min_liability=1&min_liability=2", "min_liability"),
    ],
)
def test_a_parameter_that_is_given_twice_is_refused(api: Served, query: str, field: str) -> None:
    answer = api.allowed.get(f"/v1/games?{query}")

    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == ("repeated_parameter", field)


@pytest.mark.parametrize("name", ["id", "sport", "competition", "status"])
def test_a_filter_may_be_repeated(api: Served, name: str) -> None:
    assert api.allowed.get(f"/v1/games?{name}=live&{name}=ended").status_code == 503
