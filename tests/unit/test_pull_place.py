"""What a pull remembers: exactly one place, for one process, of one list."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from betpnl.errors import UserError
from betpnl.pull.loading import Pull
from betpnl.pull.place import forget, identity, opened
from tests.unit.pulling import CURSOR, pull_of

URL = "https://api.example"


def _pull(folder: Path, **changes: Any) -> Pull:
    return pull_of(folder, changes.pop("host", URL), **changes)


def _digests(*numbers: int) -> list[bytes]:
    return [number.to_bytes(16, "big") for number in numbers]


def test_a_new_place_is_the_start_and_a_saved_one_is_found_again(tmp_path: Path) -> None:
    pull = _pull(tmp_path)
    with opened(tmp_path, pull, "games", {"cursor": None}) as store:
        assert store.place() == {"cursor": None}
        store.save({"cursor": "é"}, _digests(1, 2), 3)

    with opened(tmp_path, pull, "games", {"cursor": None}) as store:
        assert store.place() == {"cursor": "é"}
        assert store.first_walks(_digests(2, 9, 1)) == [3, None, 3]


def test_a_record_keeps_the_walk_that_found_it_first(tmp_path: Path) -> None:
    with opened(tmp_path, _pull(tmp_path), "games", {}) as store:
        store.save({}, _digests(1), 1)
        store.save({}, _digests(1, 2, 2), 2)

        assert store.first_walks(_digests(1, 2)) == [1, 2]


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 200), st.integers(1, 60), st.integers(1, 25))
def test_what_is_remembered_is_bounded_and_the_newest_stay(
    tmp_path_factory: pytest.TempPathFactory, remember: int, pages: int, size: int
) -> None:
    folder = tmp_path_factory.mktemp("place")
    with opened(folder, _pull(folder, remember=remember), "games", {}) as store:
        for page in range(pages):
            # The first record is read with every page, so it is never among the oldest.
            store.save({}, _digests(0, *range(page * size + 1, (page + 1) * size + 1)), page)
        known = store.first_walks(_digests(*range(pages * size + 1)))

    kept = sum(1 for each in known if each is not None)
    assert kept <= remember * 1.1 + 101 + size
    if remember > size + 1:
        assert known[0] == 0
        assert None not in known[-size:]


def test_one_process_follows_a_list(tmp_path: Path) -> None:
    pull = _pull(tmp_path)
    with opened(tmp_path, pull, "games", {}):
        with (
            pytest.raises(UserError, match="another `betpnl pull` already follows games"),
            opened(tmp_path, pull, "games", {}),
        ):
            pass
        with pytest.raises(UserError, match="already follows games"):
            forget(tmp_path, pull)


PAGE = {"kind": "page", "parameter": "page", "size": 5}


@pytest.mark.parametrize(
    "changes",
    [
        {"host": "https://other.example"},
        {"params": {"brand": "b"}},
        {"headers": {"X-Brand": "b"}},
        {"paging": {**CURSOR, "parameter": "before"}},
        {"paging": {**CURSOR, "next": "other"}},
        {"paging": {"kind": "next", "next": "next"}},
        {"topic": "results"},
    ],
)
def test_a_place_of_another_list_is_refused_with_the_fix(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    with opened(tmp_path, _pull(tmp_path), "games", {"cursor": None}) as store:
        store.save({"cursor": "9"}, [], 0)
    other = _pull(tmp_path, **changes)
    topic = changes.get("topic", "games")

    with (
        pytest.raises(UserError, match=r"betpnl pull --from-start .*games\.toml"),
        opened(tmp_path, other, topic, {"cursor": None}),
    ):
        pass

    forget(tmp_path, other)
    with opened(tmp_path, other, topic, {"cursor": None}) as store:
        assert store.place() == {"cursor": None}


@pytest.mark.parametrize(
    "changes",
    [
        {"poll_s": 1},
        {"remember": 5},
        {"limits": {"timeout_s": 5}},
        {"records": "other"},
        {"auth": {"kind": "bearer", "token": {"env": "T"}}},
        {"paging": {**CURSOR, "size": 5, "size_parameter": "n"}},
        {"paging": {**CURSOR, "more": "more"}},
    ],
)
def test_what_leaves_a_place_its_meaning_may_change(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    assert identity(_pull(tmp_path), "games") == identity(_pull(tmp_path, **changes), "games")


def test_pages_of_another_size_are_other_pages(tmp_path: Path) -> None:
    one, other = (_pull(tmp_path, paging={**PAGE, "size": size}) for size in (5, 6))

    assert identity(one, "games") != identity(other, "games")


def test_a_broken_file_is_named_with_the_fix(tmp_path: Path) -> None:
    path = tmp_path / "pull" / "games.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"rubbish" * 1000)
    pull = _pull(tmp_path)

    with (
        pytest.raises(UserError, match=r"games\.sqlite cannot be read .* --from-start"),
        opened(tmp_path, pull, "games", {}),
    ):
        pass
    forget(tmp_path, pull)
    with opened(tmp_path, pull, "games", {"cursor": "a"}) as store:
        assert store.place() == {"cursor": "a"}


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    with opened(tmp_path, _pull(tmp_path), "games", {}) as store:
        store.save({}, _digests(1), 0)
        for path in (tmp_path / "pull").glob("games.sqlite*"):
            assert path.stat().st_mode & 0o077 == 0


def _save_and_die(folder: Path, count: int) -> None:
    with opened(folder, _pull(folder), "games", {"cursor": 0}) as store:
        at = store.place()["cursor"]
        for number in range(at + 1, at + count + 1):
            store.save({"cursor": number}, _digests(number), 0)
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_process_leaves_the_last_saved_place(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for count in (1, 7, 3):
        process = context.Process(target=_save_and_die, args=(tmp_path, count))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL

    with opened(tmp_path, _pull(tmp_path), "games", {}) as store:
        assert store.place() == {"cursor": 11}
        assert store.first_walks(_digests(11, 12)) == [0, None]
