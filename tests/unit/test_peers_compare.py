"""bench/compare.py: when a system is asked no more, what its chart shows, how rows are written."""

import importlib
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pymysql.cursors import RE_INSERT_VALUES

from betpnl.job.schema import mysql_statements
from betpnl.settings import Settings
from tests.waiting import DEADLINE_S

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture
def compare(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCH)
    return importlib.import_module("compare")


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCH / "peers")
    return importlib.import_module("tables")


def run(rate: float, p99: float | None, missing: int = 0) -> dict[str, Any]:
    return {"rate": rate, "missing": missing, "latency_ms": {"p50": p99, "p99": p99}}


def test_who_is_late_or_lost_bets_has_fallen_behind(compare: ModuleType) -> None:
    assert not compare.fell_behind(run(1000, 4999.9))
    assert compare.fell_behind(run(1000, 5000.1))
    assert compare.fell_behind(run(1000, 40.0, missing=1))
    assert compare.fell_behind(run(1000, None, missing=1000))


def test_a_rate_at_which_bets_were_never_seen_is_not_drawn(compare: ModuleType) -> None:
    runs = [run(1000, 40.0), run(2500, 90.0), run(5000, 20.0, missing=3)]
    assert compare.compare_chart.points(runs, "p99") == ([1.0, 2.5], [40.0, 90.0])


def test_every_system_has_a_line_of_its_own(compare: ModuleType) -> None:
    styles = compare.compare_chart.STYLES
    assert set(styles) == set(compare.SYSTEMS)
    assert len(set(styles.values())) == len(styles)


def test_every_peer_has_a_script_and_pinned_packages(compare: ModuleType) -> None:
    for name, script in compare.running.PEERS.items():
        assert (BENCH / "peers" / script).exists()
        text = (BENCH / "peers" / f"requirements-{name}.txt").read_text(encoding="utf-8")
        packages = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert packages
        assert all("==" in line for line in packages)


def test_peers_write_the_columns_that_the_tables_have(tables: ModuleType) -> None:
    made = {
        text.split()[5]: text
        for text in mysql_statements(Settings.load())
        if text.startswith("CREATE TABLE")
    }
    for table, columns in tables.COLUMNS.items():
        names = [
            line.split()[0] for line in made[table].splitlines()[1:] if line.startswith("    ")
        ]
        expected = [name for name in names if name.islower() and name not in ("updated_at", "on")]
        assert list(columns) == expected
        key = ", ".join(columns[: tables.KEYS[table]])
        assert f"PRIMARY KEY ({key})" in made[table]


@pytest.mark.parametrize("adds", [False, True])
def test_pymysql_makes_one_statement_of_a_batch(tables: ModuleType, adds: bool) -> None:
    statement = tables.upsert("game_minute", adds=adds)

    assert RE_INSERT_VALUES.match(statement) is not None
    assert ("`bets` = `game_minute`.`bets` + new.`bets`" in statement) is adds
    assert "`game_id` =" not in statement


class Written:
    """Stands in for a table's upserts, which need a server; keeps what is written, slowly."""

    def __init__(self, *_: object) -> None:
        self.batches: list[list[Any]] = []
        self.may_write = threading.Event()
        self.failure: Exception | None = None

    def write(self, rows: list[Any]) -> None:
        assert self.may_write.wait(DEADLINE_S)
        if self.failure is not None:
            raise self.failure
        self.batches.append(rows)


@pytest.fixture
def written(tables: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Written:
    found = Written()
    monkeypatch.setattr(tables, "Upserts", lambda *_: found)
    return found


def test_what_was_put_is_written_once_when_drained(tables: ModuleType, written: Written) -> None:
    background = tables.Background(None, "bet", 0.0)
    background.put({"a": 1})
    background.put({"b": 1})
    background.put({"b": 2})
    written.may_write.set()

    background.drain()

    rows = [row for batch in written.batches for row in batch]
    assert rows[0] == 1
    # All that came before the last is left out where it still waited.
    assert rows[-1] == 2
    assert len(rows) <= 3


def test_a_drain_does_not_wait_for_the_next_flush(tables: ModuleType, written: Written) -> None:
    background = tables.Background(None, "bet", 10 * DEADLINE_S)
    written.may_write.set()
    background.put({"a": 1})
    background.drain()
    background.put({"a": 2})

    background.drain()

    assert written.batches == [[1], [2]]


def test_who_puts_rows_hears_of_a_write_that_failed(tables: ModuleType, written: Written) -> None:
    background = tables.Background(None, "bet", 0.0)
    written.failure = ConnectionError("gone")
    background.put({"a": 1})
    written.may_write.set()

    with pytest.raises(ConnectionError, match="gone"):
        background.drain()
    with pytest.raises(ConnectionError, match="gone"):
        background.put({"b": 1})
