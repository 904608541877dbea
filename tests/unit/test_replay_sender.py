"""The open loop, on a clock that moves only when it is told to."""

from array import array
from datetime import UTC, datetime
from itertools import count

import pytest
from rich.console import Console
from typer.testing import CliRunner

from betpnl.cli import app
from betpnl.games import Game, load_games
from betpnl.replay import Block, Nowhere, Options, Plan, Report, plan, run, start_time
from betpnl.replay.screen import Screen, summary

OPTIONS = Options(seed=3, rate=2000, games=8, game_s=4, seconds=5)
SLEEP_MIN_S = 0.002


class ManualClock:
    """Stands still but for sleeps, and for a hair each time it is read."""

    def __init__(self, read_s: float = 1e-6) -> None:
        self.time_s = datetime(2026, 1, 5, 12, tzinfo=UTC).timestamp()
        self._read_s = read_s

    def now(self) -> float:
        self.time_s += self._read_s
        return self.time_s

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.time_s += seconds


class Notebook(Nowhere):
    """Notes when each message was handed over; may be slow, or leave messages unanswered."""

    def __init__(self, clock: ManualClock, slow_s: float = 0.0, unanswered: int = 0) -> None:
        self.clock = clock
        self.slow_s = slow_s
        self.unanswered = unanswered
        self.values: list[bytes] = []
        self.late_s: list[float] = []
        self.origin_s = 0.0

    def send(self, block: Block, start: int, stop: int) -> None:
        for place in range(start, stop):
            self.late_s.append(self.clock.time_s - self.origin_s - block.at_s[place])
        self.values += block.values[start:stop]
        self.clock.time_s += self.slow_s

    def waiting(self) -> int:
        return self.unanswered


@pytest.fixture(scope="module")
def games() -> list[Game]:
    return load_games()


def planned(clock: ManualClock, games: list[Game]) -> Plan:
    return plan(OPTIONS, games, start_time(clock))


def test_every_message_leaves_in_order_and_on_time(games: list[Game]) -> None:
    clock = ManualClock()
    replay = planned(clock, games)
    notebook = Notebook(clock)
    notebook.origin_s = replay.origin.timestamp()

    report = run(replay, notebook, clock)

    assert notebook.values == [message.value for message in replay]
    assert min(notebook.late_s) >= 0
    assert max(notebook.late_s) < 2 * SLEEP_MIN_S
    assert report.delivered == report.sent == len(notebook.values)
    assert report.bets == 10_000
    assert report.lag_s(1.0) < 2 * SLEEP_MIN_S
    assert report.took_s == pytest.approx(replay.timeline.ends_s, abs=0.01)


def test_a_slow_receiver_is_measured_and_does_not_slow_the_plan(games: list[Game]) -> None:
    clock = ManualClock()
    replay = planned(clock, games)
    notebook = Notebook(clock, slow_s=0.01)

    report = run(replay, notebook, clock)

    assert notebook.values == [message.value for message in replay]
    assert 0.005 < report.lag_s(0.5) < 0.05
    assert report.took_s < replay.timeline.ends_s + 1


def test_what_is_due_before_a_moment_is_not_late_after_it() -> None:
    report = Report(
        lags_s=array("d", [9.0, 5.0, 0.1]),
        due_s=array("d", [0.0, 0.0, 12.0]),
        messages=array("q", [1, 1, 1]),
    )

    assert report.lag_s(1.0) == 9
    assert report.lag_s(1.0, from_s=10) == pytest.approx(0.1)
    assert report.lag_s(1.0, from_s=20) == 0


def test_a_stall_counts_for_all_messages_that_waited_for_its_end() -> None:
    report = Report(
        lags_s=array("d", [0.001] * 99 + [5.0]),
        due_s=array("d", range(100)),
        messages=array("q", [1] * 99 + [901]),
    )

    assert report.lag_s(0.5) == report.lag_s(0.1) == 5.0
    assert report.lag_s(0.09) == 0.001


def test_a_stop_says_what_was_delivered(games: list[Game]) -> None:
    clock = ManualClock()
    notebook = Notebook(clock, unanswered=7)
    asked = count()

    report = run(planned(clock, games), notebook, clock, stop=lambda: next(asked) > 500)

    assert report.interrupted
    assert 0 < report.sent == len(notebook.values) < 10_000
    assert report.delivered == report.sent - 7


def test_the_screen_shows_rate_and_lag_and_the_summary_every_topic(games: list[Game]) -> None:
    clock = ManualClock()
    replay = planned(clock, games)
    console = Console(record=True, width=120, force_terminal=True, quiet=False)

    with Screen(console, replay) as screen:
        report = run(replay, Notebook(clock), clock, screen.show)
    console.print(summary(replay, report, "to a notebook"))

    text = console.export_text()
    for words in ("ms behind", "10,000", "singles", "results", "to a notebook", "--seed 3"):
        assert words in text


def test_a_dry_run_from_the_command_line() -> None:
    result = CliRunner().invoke(
        app, ["replay", "--dry-run", "--rate=2000", "--bets=300", "--games=3", "--seed=4"]
    )

    assert result.exit_code == 0, result.output
    assert "300" in result.output
    assert "in a dry run" in result.output
