"""`betpnl bench`: help that teaches, errors that name the option, nothing left behind."""

import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from betpnl import stack
from betpnl.bench import own
from betpnl.bench.alone import alone
from betpnl.bench.child import Child
from betpnl.bench.screen import Screen
from betpnl.bench.sending import scattered
from betpnl.bench.templates import Template, now
from betpnl.cli import app
from betpnl.contract.topics import BETS
from betpnl.errors import UserError
from betpnl.paths import PROJECT
from betpnl.settings import Settings
from tests.unit.contract_records import READERS
from tests.waiting import until

SCENARIOS = ("latency", "drain", "settle", "hot", "wide", "state", "scale")


def _bench(*words: str) -> Result:
    return CliRunner().invoke(app, ["bench", *words], env={"COLUMNS": "300"})


def test_help_lists_every_scenario() -> None:
    shown = _bench("--help").output

    assert [name for name in SCENARIOS if not re.search(rf"\b{name}\b", shown)] == []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_docs_show_each_scenario_with_options_that_it_has(scenario: str) -> None:
    text = (PROJECT / "docs" / "performance.md").read_text(encoding="utf-8")
    called = re.findall(rf"betpnl bench {scenario}\b([^\n`]*)", text)
    options = {word for line in called for word in re.findall(r"--[a-z-]+", line)}
    shown = _bench(scenario, "--help").output

    assert called
    assert "--out" in shown
    assert {option for option in options if option not in shown} == set()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["latency", "--rates", "fast"], "--rates fast"),
        (["latency", "--rates", "1000,-5"], "--rates 1000,-5"),
        (["latency", "--rates", "nan"], "--rates nan"),
        (["latency", "--rates", "1000"], "betpnl up"),
        (["settle", "--singles", "5", "--accumulators", "5"], "--accumulators"),
        (["settle"], "betpnl up"),
        (["scale", "--parallelism", "none"], "--parallelism none"),
        (["scale", "--taskmanagers", "3"], "--taskmanagers 3"),
        (["scale", "--parallelism", "1", "--taskmanagers", "2"], "--parallelism of 2"),
        (["drain", "--bets", "999999999999"], "lower --bets"),
        (["state", "--bets", "999999999999"], "BETPNL_HOME"),
    ],
)
def test_what_cannot_be_measured_is_named_with_the_fix(
    words: list[str], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BETPNL_HOME", str(tmp_path / "home"))

    done = _bench(*words)

    assert isinstance(done.exception, UserError)
    assert named in str(done.exception)
    assert sorted(path.name for path in tmp_path.iterdir() if "-bench-" in path.name) == []


@pytest.mark.parametrize(
    "words",
    [
        ["latency", "--speed", "nan"],
        ["latency", "--speed", "0"],
        ["latency", "--seconds", "inf"],
        ["drain", "--speed", "-1"],
        ["hot", "--share", "2"],
        ["hot", "--share", "nan"],
    ],
)
def test_a_number_that_makes_no_load_is_refused_by_its_option(words: list[str]) -> None:
    done = _bench(*words)

    assert done.exit_code == 2
    assert f"Invalid value for '{words[1]}'" in done.output


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_results_that_could_not_be_written_are_refused_before_anything_is_measured(
    scenario: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BETPNL_HOME", str(tmp_path / "home"))
    (tmp_path / "file").touch()

    done = _bench(scenario, "--out", str(tmp_path / "file"))

    assert isinstance(done.exception, UserError)
    assert "--out" in str(done.exception)
    assert not (tmp_path / "home").exists()


def test_two_measurements_of_one_stack_are_not_made_at_once(tmp_path: Path) -> None:
    settings, other = (Settings.load(home=tmp_path / name) for name in ("home", "other"))

    with (
        alone(settings),
        alone(other),
        pytest.raises(UserError, match="Another `betpnl bench`"),
        alone(settings),
    ):
        pass
    with alone(settings):
        pass


def test_a_folder_that_holds_a_deployment_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text("{}", encoding="utf-8")
    settings = Settings.load(home=tmp_path / "other")

    with (
        pytest.raises(UserError, match="holds a deployment already"),
        own.deployment(settings, tmp_path, 1, Screen()),
    ):
        pass
    assert (tmp_path / "stack.json").exists()


def test_open_bets_are_bets_of_the_contract() -> None:
    arrived_ms = int(datetime.now(UTC).timestamp() * 1000)
    template = Template(["g0", "g1", "g2", "g3"], legs=3)

    first, second = (
        READERS[BETS.name].read(template.bet(number, f"run-{number:08}", now()), arrived_ms)
        for number in (0, 1)
    )

    assert [leg.game_id for leg in first.legs] == ["g0", "g1", "g2"]
    assert [leg.game_id for leg in second.legs] == ["g1", "g2", "g3"]
    assert (first.bet_id, first.customer_id) == ("run-00000000", "c-000")


def test_ids_of_open_bets_come_in_no_order_and_none_comes_twice() -> None:
    found = [scattered(number) for number in range(100_000)]

    assert len(set(found)) == len(found)
    assert max(found) < 2**64
    halves = [each >= 2**63 for each in found]
    # A bet lies in the other half of the ids than the one before about every second time.
    assert 0.4 < sum(a != b for a, b in pairwise(halves)) / len(halves) < 0.9


def test_a_scenario_that_fails_keeps_the_logs_of_the_services_that_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "start", lambda *_, **__: None)
    monkeypatch.setattr(stack, "stop", lambda *_, **__: None)
    settings = Settings.load(home=tmp_path / "home")
    homes = []

    def scenario() -> None:
        with Screen() as screen, own.deployment(settings, None, 1, screen) as ours:
            homes.append(ours.home)
            (ours.home / "logs").mkdir(parents=True)
            (ours.home / "logs" / "flink.log").write_text("why", encoding="utf-8")
            raise UserError("No bet came.")

    with pytest.raises(UserError, match=r"No bet came\. Its services' logs are kept in") as error:
        scenario()

    assert not homes[0].exists()
    kept = Path(str(error.value).rpartition(" in ")[2].removesuffix("."))
    assert (kept / "flink.log").read_text(encoding="utf-8") == "why"


def _tell(pipe: Connection) -> None:
    pipe.send(0.5)
    pipe.send(os.getpid())
    pipe.recv()


def _refuse(_: Connection) -> None:
    raise UserError("no such table")


def _die(_: Connection) -> None:
    os._exit(3)


def test_a_child_tells_its_news_and_then_the_last() -> None:
    news: list[float] = []
    with Child(_tell) as child:
        assert child.receive_last(news.append) == child.pid
        child.check()

    assert news == [0.5]


def test_what_a_child_says_is_wrong_is_said_again() -> None:
    with Child(_refuse) as child, pytest.raises(UserError, match="no such table"):
        child.receive()


def test_a_child_that_died_is_missed() -> None:
    with Child(_die) as child, pytest.raises(UserError, match="process of the measurement died"):
        child.receive()


def test_a_child_outlives_ctrl_c_and_ends_with_its_block() -> None:
    with Child(_tell) as child:
        child.receive_last(lambda _: None)
        os.kill(child.pid, signal.SIGINT)
        child.check()
        child.send("on")

    until(lambda: not Path(f"/proc/{child.pid}").exists(), "the child is still there")


_WAITS = """
import sys
import typer
from betpnl.bench import own
from pathlib import Path
from betpnl.bench.ending import ended_early
from betpnl.bench.screen import Screen
from betpnl.settings import Settings
from betpnl import stack
stack.start = lambda *a, **k: None
stack.stop = lambda *a, **k: print("services stopped", flush=True)
def scenario(out: Path):
    with (
        ended_early("scale", Settings.load(), [{"missing": 0}], out, "All gone."),
        Screen() as screen,
        own.deployment(Settings.load(), None, 1, screen) as ours,
    ):
        (ours.home / "data").write_text("bets")
        print("ready", flush=True)
        sys.stdin.read()

typer.run(scenario)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_interrupted_leaves_nothing_behind(number: int, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WAITS, str(tmp_path / "out")],
        env={**os.environ, "BETPNL_HOME": str(tmp_path / "home")},
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "ready\n"
        assert [path.name.startswith("home-bench-") for path in tmp_path.iterdir()] == [True]
        process.send_signal(number)
        assert process.stdout.readline() == "services stopped\n"
        said = process.stderr.read()
        assert process.wait() == 130

    assert "Stopped before the end. All gone." in said
    # The services and their data are, what was measured is not.
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]
    (file,) = (tmp_path / "out").iterdir()
    assert f"What was measured until then: {file}" in said
    written = json.loads(file.read_text(encoding="utf-8"))
    assert (written["ended_early"], written["runs"]) == ("interrupted", [{"missing": 0}])
