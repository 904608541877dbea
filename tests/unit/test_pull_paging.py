"""Lists that change while they are read: what each way through them is sure not to lose."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from betpnl.pull.faults import Fault
from betpnl.pull.paging import Ask, Page, Step, Walk, walk
from betpnl.pull.paging_file import Paging

Json = dict[str, Any]
BASE = Ask("https://api.example/games", {"sort": "x"})
START_S = 1_700_000_000.0


def walk_of(**paging: Any) -> Walk:
    return walk(TypeAdapter(Paging).validate_python(paging), BASE)


class Reading:
    """Reads with a walk, as a pull does: the place through JSON, contents remembered."""

    def __init__(self, walking: Walk, answer: Callable[[Ask], tuple[list[Json], Any]]) -> None:
        self.walk, self._answer = walking, answer
        self.place = walking.start
        self.seen: dict[bytes, int] = {}
        self.read: list[Any] = []
        self.now_s = START_S
        self.asked: list[Ask] = []
        self.notes: list[str] = []

    def page(self, *, lost: bool = False) -> Step:
        """One page. lost: it is read and could not be published."""
        ask = self.walk.ask(self.place)
        self.asked.append(ask)
        records, body = self._answer(ask)
        digests = [hashlib.md5(json.dumps(each).encode()).digest() for each in records]
        firsts = [self.seen.get(digest) for digest in digests]
        page = Page(records, body, ask.url, "", digests, firsts, self.now_s)
        step = self.walk.step(self.place, page)
        self.notes.append(step.note)
        if not lost:
            number = self.walk.number(self.place)
            self.seen |= {d: number for d, f in zip(digests, firsts, strict=True) if f is None}
            self.read += records
            self.place = json.loads(json.dumps(step.place))
        return step

    def to_end(self, pages: int = 2000) -> Step:
        """Pages up to the end of what is there."""
        for _ in range(pages):
            step = self.page()
            if step.end:
                return step
        raise AssertionError(f"no end within {pages} pages")

    @property
    def ids(self) -> set[int]:
        return {each["id"] for each in self.read}


ACTIONS = st.lists(st.sampled_from(["page", "lost", "add", "add", "remove"]), max_size=60)


class Keyset:
    """A list by cursor: what has an id above the cursor's. `ends`: no cursor on the last page."""

    def __init__(self, size: int, *, ends: bool) -> None:
        self.rows: list[int] = []
        self._size, self._ends, self._next = size, ends, 0

    def add(self) -> None:
        self.rows.append(self._next)
        self._next += 1

    def answer(self, ask: Ask) -> tuple[list[Json], Any]:
        after = int(ask.params.get("after", -1))
        found = [row for row in self.rows if row > after]
        page, more = found[: self._size], len(found) > self._size
        last = str(page[-1]) if page else str(after)
        return [{"id": row} for row in page], {"next": None if self._ends and not more else last}


@settings(deadline=None)
@given(ACTIONS, st.integers(1, 5), st.booleans(), st.randoms(use_true_random=False))
def test_cursor_loses_nothing_that_is_added_behind_it(
    actions: list[str], size: int, ends: bool, random: Any
) -> None:
    api = Keyset(size, ends=ends)
    reading = Reading(walk_of(kind="cursor", parameter="after", next="next"), api.answer)
    removed: set[int] = set()
    for action in actions:
        if action == "add":
            api.add()
        elif action == "remove" and api.rows:
            removed.add(api.rows.pop(random.randrange(len(api.rows))))
        elif action in ("page", "lost"):
            reading.page(lost=action == "lost")
    reading.to_end()

    assert set(api.rows) <= reading.ids


@pytest.mark.parametrize("length", [2, 3, 7, 100])
@pytest.mark.parametrize("before", [0, 1, 5, 50])
def test_a_circle_of_cursors_is_noticed(length: int, before: int) -> None:
    def answer(ask: Ask) -> tuple[list[Json], Any]:
        at = int(ask.params.get("after", 0))
        following = at + 1 if at + 1 < before + length else before
        return [{"id": at}], {"next": following}

    reading = Reading(walk_of(kind="cursor", parameter="after", next="next"), answer)

    with pytest.raises(Fault, match="circle") as fault:
        reading.to_end(3 * (before + length) + 3)
    assert fault.value.slow
    # It is still a circle when it is looked at again, and no page is skipped.
    with pytest.raises(Fault, match="circle"):
        reading.page()
    assert reading.ids >= set(range(before + length - 1))


def test_a_page_that_is_fetched_many_times_is_no_circle() -> None:
    api = Keyset(1, ends=True)
    for _ in range(5):
        api.add()
    reading = Reading(walk_of(kind="cursor", parameter="after", next="next"), api.answer)
    for _ in range(4):
        for _ in range(5):
            reading.page(lost=True)
        reading.page()

    reading.to_end()
    assert reading.ids == set(range(5))


@pytest.mark.parametrize(
    ("body", "end", "cursor"),
    [
        ({"next": "b", "more": True}, False, "b"),
        ({"next": "b", "more": False}, True, "a"),
        ({"next": "", "more": True}, True, "a"),
        ({"next": None, "more": False}, True, "a"),
        ({"next": False, "more": True}, True, "a"),
        ({"next": 12345678901234567890, "more": True}, False, "12345678901234567890"),
    ],
)
def test_where_a_cursor_ends(body: Json, end: bool, cursor: str) -> None:
    walking = walk_of(kind="cursor", parameter="after", next="next", more="more", first="a")
    step = walking.step(walking.start, Page([{}], body, "", "", [b"a"], [None], START_S))

    assert (step.end, step.place["cursor"]) == (end, cursor)


def test_a_last_page_that_leads_to_itself_is_the_end() -> None:
    walking = walk_of(kind="cursor", parameter="after", next="next", first="a")
    step = walking.step(walking.start, Page([{}], {"next": "a"}, "", "", [b"a"], [1], START_S))

    assert step == Step({"cursor": "a"}, end=True)


def test_an_empty_page_with_a_new_cursor_is_left_behind_but_not_in_a_hurry() -> None:
    walking = walk_of(kind="cursor", parameter="after", next="next", first="a")
    step = walking.step(walking.start, Page([], {"next": "b"}, "", "", [], [], START_S))

    assert step == Step({"cursor": "b"}, end=True, onward=True)


def test_a_cursor_that_leads_to_itself_and_yet_has_more_is_a_fault() -> None:
    walking = walk_of(kind="cursor", parameter="after", next="next", more="more", first="a")
    page = Page([{}], {"next": "a", "more": True}, "", "", [b"a"], [None], START_S)

    with pytest.raises(Fault, match="leads to itself"):
        walking.step(walking.start, page)


@pytest.mark.parametrize(
    ("found", "url"),
    [
        ("/next?x=%20a+b", "https://api.example/next?x=%20a+b"),
        ("?page=2", "https://api.example/games?page=2"),
        ("https://API.example:443/b", "https://API.example:443/b"),
        ("http://api.example/b", None),
        ("https://api.example.evil/b", None),
        ("https://api.example@evil/b", None),
        ("//evil/b", None),
        ("https://api.example:444/b", None),
        ("file:///etc/passwd", None),
        ("https://api.example:port/b", None),
        ("https://[/b", None),
        (7, None),
    ],
)
def test_a_next_address_stays_on_its_origin(found: Any, url: str | None) -> None:
    walking = walk_of(kind="next", next="next")
    page = Page([{}], {"next": found}, "https://api.example/games?x=1", "", [b"a"], [None], START_S)
    if url is None:
        with pytest.raises(Fault):
            walking.step(walking.start, page)
    else:
        assert walking.step(walking.start, page).place["url"] == url


class Numbered:
    """A list by number or offset, over which rows come and go."""

    def __init__(self, rows: list[int], size: int) -> None:
        self.rows, self.size = rows, size

    def by_page(self, ask: Ask) -> tuple[list[Json], Any]:
        return self._cut((int(ask.params["page"]) - 1) * self.size)

    def by_offset(self, ask: Ask) -> tuple[list[Json], Any]:
        return self._cut(int(ask.params["offset"]))

    def _cut(self, at: int) -> tuple[list[Json], Any]:
        return [{"id": row} for row in self.rows[at : at + self.size]], {}


def _change(api: Numbered, fresh: list[int], random: Any, *, most: int) -> None:
    for _ in range(random.randint(0, most)):
        if api.rows and random.random() < 0.6:
            api.rows.pop(random.randrange(len(api.rows)))
        else:
            fresh.append(1000 + len(fresh))
            api.rows.insert(random.choice([0, len(api.rows)]), fresh[-1])


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 60), st.integers(2, 9), st.integers(1, 8), st.randoms(use_true_random=False))
def test_a_sweep_by_offset_reads_all_that_stays_whatever_is_removed(
    rows: int, size: int, overlap: int, random: Any
) -> None:
    api, fresh = Numbered(list(range(rows)), size), []
    walking = walk_of(
        kind="page", unit="offset", parameter="offset", overlap=min(overlap, size - 1)
    )
    reading = Reading(walking, api.by_offset)
    stayed = set(api.rows)
    gave_up = False
    while not reading.page().end:
        gave_up |= not reading.place["seams"]
        if len(reading.asked) < 300:
            _change(api, fresh, random, most=4)
        stayed &= set(api.rows)

    assert gave_up or stayed <= reading.ids or any(reading.notes)
    # The next sweep, in peace, has all that is there.
    reading.to_end()
    assert set(api.rows) <= reading.ids


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(1, 9), st.booleans(), st.randoms(use_true_random=False))
def test_sweeps_by_page_read_all_once_nothing_is_removed_for_one_sweep(
    rows: int, size: int, offset: bool, random: Any
) -> None:
    api, fresh = Numbered(list(range(rows)), size), []
    if offset:
        reading = Reading(walk_of(kind="page", parameter="offset", unit="offset"), api.by_offset)
    else:
        reading = Reading(walk_of(kind="page", parameter="page"), api.by_page)
    for _ in range(random.randint(0, 12)):
        reading.page(lost=random.random() < 0.2)
        _change(api, fresh, random, most=3)
    reading.to_end()
    reading.to_end()

    assert set(api.rows) <= reading.ids


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 30), st.integers(1, 6), st.randoms(use_true_random=False))
def test_newest_first_finds_all_that_is_added_without_another_sweep(
    rows: int, size: int, random: Any
) -> None:
    api = Numbered(list(range(rows)), size)
    walking = walk_of(kind="page", parameter="page", newest_first=True, sweep_s=10_000_000)
    reading = Reading(walking, api.by_page)
    reading.to_end()
    added = rows
    for _ in range(40):
        for _ in range(random.choice([0, 0, 1, 2, 3 * size])):
            api.rows.insert(0, added)
            added += 1
        reading.page(lost=random.random() < 0.2)
    reading.to_end()
    reading.to_end()

    # A row of pages pushed down by just one page each looks like a list that has ended.
    assert set(api.rows) <= reading.ids or any(reading.notes)
    before = len(reading.asked)
    reading.to_end()
    assert len(reading.asked) == before + 1


def test_newest_first_sweeps_the_whole_list_when_it_is_due() -> None:
    api = Numbered(list(range(20)), 5)
    walking = walk_of(kind="page", parameter="page", newest_first=True, sweep_s=600)
    reading = Reading(walking, api.by_page)
    assert reading.to_end().wait_s == 0
    api.rows[15] = 99

    reading.now_s += 599
    reading.to_end()
    assert 99 not in reading.ids

    reading.now_s += 1
    reading.to_end()
    assert 99 in reading.ids


def test_a_sweep_begins_when_it_is_due() -> None:
    api = Numbered(list(range(4)), 5)
    reading = Reading(walk_of(kind="page", parameter="page", sweep_s=600), api.by_page)
    reading.page()
    reading.now_s += 100

    assert reading.to_end().wait_s == 500


def test_a_list_whose_records_change_at_each_reading_is_read_to_its_end() -> None:
    count = 0

    def answer(ask: Ask) -> tuple[list[Json], Any]:
        nonlocal count
        count += 1
        at = int(ask.params["offset"])
        return [{"id": row, "asked": count} for row in range(at, min(at + 5, 40))], {}

    walking = walk_of(kind="page", unit="offset", parameter="offset", overlap=2)
    reading = Reading(walking, answer)
    reading.to_end(100)

    assert reading.ids == set(range(40))


def test_an_api_that_does_not_know_the_parameter_is_told() -> None:
    page = [{"id": row} for row in range(5)]
    reading = Reading(walk_of(kind="page", parameter="page"), lambda _: (page, {}))

    assert "is paging.parameter right" in reading.to_end(10).note


def test_an_api_that_repeats_its_last_page_has_an_end() -> None:
    api = Numbered(list(range(43)), 5)

    def answer(ask: Ask) -> tuple[list[Json], Any]:
        return api.by_page(Ask("", {"page": str(min(int(ask.params["page"]), 9))}))

    reading = Reading(walk_of(kind="page", parameter="page"), answer)

    assert "repeats its last page" in reading.to_end(20).note
    assert reading.ids == set(range(43))


class Feed:
    """Records by the second in which they changed; some are visible only later."""

    def __init__(self, size: int, *, inclusive: bool) -> None:
        self.rows: list[tuple[int, int, float]] = []
        self.size, self._inclusive = size, inclusive
        self.now_s = START_S

    def answer(self, ask: Ask) -> tuple[list[Json], Any]:
        low = float(ask.params.get("since", "0")) - (0.5 if self._inclusive else 0)
        found = [(at, id_) for id_, at, shown in self.rows if at > low and shown <= self.now_s]
        found.sort()
        page = found[: self.size] if self.size else found
        return [{"id": id_, "at": at} for at, id_ in page], {}


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30)), max_size=60),
    st.booleans(),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_since_finds_all_that_becomes_visible_within_the_overlap(
    rows: list[tuple[int, int]], inclusive: bool, limited: bool, random: Any
) -> None:
    # A second holds fewer records than an answer.
    api = Feed(4 if limited else 0, inclusive=inclusive)
    walking = walk_of(
        kind="since", parameter="since", field="at", type="time", format="s", epoch="s",
        overlap=30, size=api.size, inclusive=inclusive,
    )  # fmt: skip
    reading = Reading(walking, api.answer)
    in_second: dict[int, int] = {}
    at = int(START_S)
    for id_, (forward, late) in enumerate(rows):
        at += forward
        if in_second.get(at, 0) >= 2:
            at += 1
        in_second[at] = in_second.get(at, 0) + 1
        api.rows.append((id_, at, at + late))
        api.now_s = reading.now_s = max(api.now_s, at) + random.random()
        if random.random() < 0.5:
            reading.page(lost=random.random() < 0.2)
    api.now_s = reading.now_s = api.now_s + 31
    reading.to_end()
    reading.to_end()

    assert reading.ids == {row[0] for row in api.rows}


def test_since_goes_on_where_the_api_gives_less_than_the_file_says() -> None:
    api = Feed(3, inclusive=True)
    walking = walk_of(
        kind="since", parameter="since", field="at", type="time", format="s", epoch="s",
        overlap=1000, size=500, inclusive=True,
    )  # fmt: skip
    reading = Reading(walking, api.answer)
    api.rows = [(id_, int(START_S) + id_, 0.0) for id_ in range(30)]
    reading.now_s = api.now_s = START_S + 100
    for _ in range(40):
        reading.to_end()

    assert reading.ids == set(range(30))


def test_since_goes_on_where_the_api_gives_less_than_it_did() -> None:
    api = Feed(20, inclusive=True)
    walking = walk_of(
        kind="since", parameter="since", field="at", type="time", format="s", epoch="s",
        overlap=1000, size=500, inclusive=True,
    )  # fmt: skip
    reading = Reading(walking, api.answer)
    api.rows = [(id_, int(START_S) + id_, 0.0) for id_ in range(30)]
    reading.now_s = api.now_s = START_S + 100
    reading.to_end()
    api.size = 7
    api.rows.append((30, int(START_S) + 30, 0.0))
    reading.to_end()

    assert reading.ids == set(range(31))


def test_the_same_time_once_more_is_found_without_any_overlap() -> None:
    api = Feed(0, inclusive=False)
    walking = walk_of(
        kind="since", parameter="since", field="at", type="time", format="s", epoch="s",
        overlap=0, size=0,
    )  # fmt: skip
    reading = Reading(walking, api.answer)
    for id_ in range(4):
        api.rows.append((id_, int(START_S), 0.0))
        reading.to_end()

    assert reading.ids == set(range(4))


def test_a_number_that_becomes_visible_late_is_found_behind_a_long_reading() -> None:
    shown = [number for number in range(1, 101) if number != 8]

    def answer(ask: Ask) -> tuple[list[Json], Any]:
        low = int(ask.params.get("after", 0))
        page = [{"id": number} for number in sorted(shown) if number > low][:5]
        # The eighth comes when the tenth has been seen.
        if page[-1]["id"] >= 10 and 8 not in shown:
            shown.append(8)
        return page, {}

    walking = walk_of(kind="since", parameter="after", field="id", type="number", overlap=3, size=5)
    reading = Reading(walking, answer)
    reading.to_end()

    assert reading.ids == set(range(1, 101))


def test_a_second_with_more_records_than_an_answer_is_a_fault() -> None:
    api = Feed(3, inclusive=True)
    walking = walk_of(
        kind="since", parameter="since", field="at", type="time", format="s", epoch="s",
        overlap=0, size=3, inclusive=True,
    )  # fmt: skip
    reading = Reading(walking, api.answer)
    api.rows = [(id_, int(START_S), 0.0) for id_ in range(5)]

    with pytest.raises(Fault, match="does not lead beyond"):
        reading.to_end(5)


def test_a_full_answer_that_is_not_sorted_is_a_fault() -> None:
    walking = walk_of(kind="since", parameter="since", field="at", type="number", overlap=0, size=2)
    page = Page([{"at": 2}, {"at": 1}], {}, "", "", [b"a", b"b"], [None, None], START_S)

    with pytest.raises(Fault, match="not sorted"):
        walking.step(walking.start, page)


def test_a_clock_that_is_ahead_does_not_hide_what_comes_after() -> None:
    api = Feed(0, inclusive=False)
    walking = walk_of(
        kind="since", parameter="since", field="at", type="time", format="s", epoch="s",
        overlap=10, size=0,
    )  # fmt: skip
    reading = Reading(walking, api.answer)
    api.rows = [(0, int(START_S) + 10_000_000, 0.0)]
    reading.to_end()
    api.rows.append((1, int(START_S) + 5, 0.0))
    reading.now_s += 10
    reading.to_end()

    assert reading.ids == {0, 1}


def test_what_changes_while_the_pages_of_an_answer_are_read_is_read_next_time() -> None:
    """By id within an answer: record 0 changes after its page; the last one is newest of all."""
    times = {id_: int(START_S) for id_ in range(9)}

    def answer(ask: Ask) -> tuple[list[Json], Any]:
        low, after = float(ask.params.get("since", 0)), int(ask.params.get("after", -1))
        found = [id_ for id_ in sorted(times) if times[id_] > low and id_ > after]
        page = found[:3]
        more = len(found) > 3
        rows = [{"id": id_, "at": times[id_]} for id_ in page]
        return rows, {"next": page[-1] if more else None}

    walking = walk_of(
        kind="since", parameter="since", field="at", type="time", format="s", epoch="s", overlap=5,
        inner={"kind": "cursor", "parameter": "after", "next": "next"},
    )  # fmt: skip
    reading = Reading(walking, answer)
    reading.page()
    times[0] = int(START_S) + 100
    times[8] = int(START_S) + 1000
    reading.now_s = START_S + 1000
    reading.to_end()
    reading.to_end()

    assert {"id": 0, "at": int(START_S) + 100} in reading.read


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(2, 7), st.randoms(use_true_random=False))
def test_since_by_number_reads_each_once_and_goes_on(rows: int, size: int, random: Any) -> None:
    def answer(ask: Ask) -> tuple[list[Json], Any]:
        low = int(ask.params.get("after", 0))
        found = [{"id": id_} for id_ in range(1, rows + 1) if id_ > low]
        return found[:size], {}

    walking = walk_of(
        kind="since", parameter="after", field="id", type="number", overlap=0, size=size + 1,
        start=0,
    )  # fmt: skip
    reading = Reading(walking, answer)
    for _ in range(rows + 3):
        reading.to_end()
        rows += random.randint(0, 2)
    for _ in range(3 * rows + 3):
        reading.to_end()

    assert reading.ids == set(range(1, rows + 1))


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({"start": "2026-01-01T00:00:00Z"}, "2026-01-01T00:00:00.000Z"),
        ({"start": "2026-01-01T01:00:00+01:00", "format": "s"}, "1767225600"),
        ({"start": "2026-01-01 01:00:00", "zone": "Europe/Malta", "format": "ms"}, "1767225600000"),
        ({"start": 1767225600, "epoch": "s", "format": "ms"}, "1767225600000"),
        ({"start": "17.50", "type": "number"}, "17.50"),
        ({"start": 17, "type": "number"}, "17"),
    ],
)
def test_the_start_is_sent_as_the_file_says(changes: Json, sent: str) -> None:
    values = {"kind": "since", "parameter": "s", "field": "a", "type": "time", "overlap": 0}
    walking = walk_of(**{**values, "size": 0, **changes})

    assert walking.ask(walking.start).params == {"sort": "x", "s": sent}
