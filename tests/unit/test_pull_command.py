"""What the user of `betpnl pull` sees."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from betpnl.cli import app
from betpnl.errors import UserError
from betpnl.pull.screen import Lines, Screen
from betpnl.pull.state import State
from tests.bookmaker import Bookmaker, Reply, bookmaker, cursors
from tests.unit.pulling import game

TEXT = """
topic = "games"
url = "{url}/games"
records = "data"
[paging]
kind = "cursor"
parameter = "after"
next = "next"
"""


@pytest.fixture(autouse=True)
def _settings_of_the_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("BETPNL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BETPNL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def api() -> Iterator[Bookmaker]:
    with bookmaker(cursors([game(number) for number in range(5)], 3)) as server:
        yield server


def _file(folder: Path, api: Bookmaker, name: str = "games", text: str = TEXT) -> str:
    path = folder / f"{name}.toml"
    path.write_text(text.format(url=api.url), encoding="utf-8")
    return str(path)


def _pull(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["pull", *arguments])


def test_check_shows_a_page_and_leaves_nothing_behind(api: Bookmaker, tmp_path: Path) -> None:
    done = _pull("--check", _file(tmp_path, api))

    assert done.exit_code == 0, done.output
    assert '"game_id":"g2"' in done.output
    assert "games: 3 records for games, 0 of them invalid; the list goes on." in done.output
    assert len(api.requests) == 1
    assert not (tmp_path / "home").exists()


def test_check_says_what_the_contract_rejects_and_why(api: Bookmaker, tmp_path: Path) -> None:
    rows = [game(1), game(2, version="two"), game(3, home="\x1b[31mred\x9b2J")]
    api.answer = lambda _: Reply({"data": rows})

    done = _pull("--check", _file(tmp_path, api))

    assert done.exit_code == 1
    assert "$.version" in done.output
    assert "2 of them invalid; the list ends here" in done.output
    assert "\x1b" not in done.output
    assert "\x9b" not in done.output


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply({}, status=401), "it does not take the credentials"),
        (Reply({}, status=500), "the API answers 500"),
        (Reply({"rows": []}), "no list where `records` says"),
        (Reply(reset=True), "broke off"),
    ],
)
def test_check_fails_at_once_with_one_sentence(
    api: Bookmaker, tmp_path: Path, reply: Reply, words: str
) -> None:
    api.answer = lambda _: reply
    path = _file(tmp_path, api)

    done = _pull("--check", path)

    assert isinstance(done.exception, UserError)
    assert str(done.exception).startswith(f"{path}: ")
    assert words in str(done.exception)


def test_two_files_of_one_name_are_refused(api: Bookmaker, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    done = _pull(_file(tmp_path, api), _file(tmp_path / "a", api))

    assert "Two of these files are called games" in str(done.exception)


def test_certificates_that_cannot_be_read_are_named(api: Bookmaker, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("none")
    done = _pull("--check", _file(tmp_path, api, text='ca_file = "ca.pem"\n' + TEXT))

    assert "ca_file ca.pem holds no certificates" in str(done.exception)


def test_a_kafka_that_is_not_there_is_named(api: Bookmaker, tmp_path: Path) -> None:
    done = _pull(_file(tmp_path, api))

    assert "No kafka runs" in str(done.exception)
    assert api.requests == []


class _Clock:
    def now_s(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError(seconds)


def test_the_screen_shows_counts_and_what_is_waited_for() -> None:
    states = [
        State("bets", "bets", "at the end", read=1234, published=1200, unchanged=34, invalid=2),
        State("odds", "odds", "waiting", "the API answers 500", until_s=time.time() + 100),
    ]
    out = io.StringIO()
    console = Console(file=out, width=120)
    console.print(Screen(console, states, _Clock()).table())

    shown = out.getvalue()
    assert "1,234" in shown
    assert "waiting: the API answers 500; again in" in shown


def test_lines_tell_changes_at_once_and_counts_now_and_then() -> None:
    state = State("bets", "bets")
    lines = Lines([state])
    assert lines.due(1_000_000_000.0) == []

    state.phase, state.text = "waiting", "the API answers 500"
    assert lines.due(1_000_000_001.0) == ["2001-09-09T01:46:41Z bets: waiting: the API answers 500"]
    assert lines.due(1_000_000_002.0) == []

    state.phase, state.text, state.read, state.published = "reading", "", 5, 5
    assert lines.due(1_000_000_003.0) == ["2001-09-09T01:46:43Z bets: goes on"]
    assert lines.due(1_000_000_010.0) == [
        "2001-09-09T01:46:50Z bets: reading, 5 read, 5 published, 0 unchanged, 0 invalid"
    ]
    assert lines.due(1_000_000_030.0) == []

    state.phase = "stopped"
    assert lines.due(1_000_000_031.0, last=True) == [
        "2001-09-09T01:47:11Z bets: stopped, 5 read, 5 published, 0 unchanged, 0 invalid"
    ]
