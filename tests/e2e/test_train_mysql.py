"""Training from a real MySQL and MariaDB: the same model as from files, and no price of later."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pymysql.connections import Connection

from betpnl import stack
from betpnl.games import DATA_FOLDER, load_games
from betpnl.model.training.mysql_tables import opened
from betpnl.model.training.run import Progress
from betpnl.mysql import connect
from betpnl.paths import PROJECT
from betpnl.settings import Settings
from betpnl.stack import resolve
from tests.e2e.world import betpnl
from tests.waiting import DEADLINE_S

pytestmark = pytest.mark.e2e

HISTORY, SHOP, MADE = "betpnl_history", "betpnl_shop", "betpnl_made"
FILES = ("CARD.md", "outcome.json", "outcome.onnx")
EVERY = 40

TABLES = {
    "games": "game_id VARCHAR(191) PRIMARY KEY, sport VARCHAR(64), competition VARCHAR(64), "
    "season VARCHAR(16), home VARCHAR(64), away VARCHAR(64), starts_at DATETIME, "
    "duration_min SMALLINT, home_score INT, away_score INT, note TEXT",
    "checkpoints": "game_id VARCHAR(191), checkpoint VARCHAR(64), fraction DOUBLE, minute INT, "
    "score_home INT, score_away INT",
    "prices": "game_id VARCHAR(191), checkpoint VARCHAR(64), market VARCHAR(64), "
    "line VARCHAR(16), selection VARCHAR(64), odds DECIMAL(12, 6)",
    "results": "game_id VARCHAR(191), market VARCHAR(64), line VARCHAR(16), "
    "selection VARCHAR(64), result VARCHAR(16), dead_heat VARCHAR(8)",
}


@pytest.fixture(scope="module", params=["mysql", "mariadb"])
def settings(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    found = Settings.load(
        home=tmp_path_factory.mktemp("home"),
        mysql_flavour=request.param,
        mysql_buffer_pool_mb=64,
        start_timeout_s=DEADLINE_S,
    )
    try:
        stack.start(found, names=["mysql"])
        yield found
    finally:
        stack.stop(found, kill=True)


@pytest.fixture
def writer(settings: Settings) -> Iterator[Connection]:
    with connect(resolve.mysql(settings), database="") as connection:
        yield connection


def some_games() -> dict[str, list[dict[str, str]]]:
    """A part of data/, every sport in it."""
    found = {}
    for name in TABLES:
        with gzip.open(DATA_FOLDER / f"{name}.csv.gz", "rt", newline="") as text:
            found[name] = list(csv.DictReader(text))
    kept = {row["game_id"] for row in found["games"][::EVERY]}
    return {name: [row for row in rows if row["game_id"] in kept] for name, rows in found.items()}


def as_files(folder: Path, content: dict[str, list[dict[str, str]]]) -> None:
    for name, rows in content.items():
        with (folder / f"{name}.csv").open("w", newline="") as text:
            writer = csv.DictWriter(text, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


def as_tables(connection: Connection, content: dict[str, list[dict[str, str]]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {HISTORY}")
        for name, rows in content.items():
            cursor.execute(f"CREATE TABLE {HISTORY}.{name} ({TABLES[name]})")
            columns, marks = ", ".join(rows[0]), ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(
                f"INSERT INTO {HISTORY}.{name} ({columns}) VALUES ({marks})",
                # Backwards: the order in which rows lie is nobody's to promise.
                [[typed(*each) for each in row.items()] for row in reversed(rows)],
            )


def typed(column: str, text: str) -> Any:
    if column == "starts_at":
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    return text or ("" if column == "line" else None)


def test_a_schema_gives_the_same_files_as_a_folder(
    settings: Settings, writer: Connection, tmp_path: Path
) -> None:
    content = some_games()
    as_files(tmp_path, content)
    as_tables(writer, content)
    found = resolve.mysql(settings)
    (tmp_path / "password").write_text(found.mysql_read_password)
    (tmp_path / "shop.toml").write_text(
        f'[mysql]\nurl = "mysql://{found.mysql_read_user}@{found.mysql_host}:{found.mysql_port}"\n'
        f'password_file = "{tmp_path / "password"}"\n'
    )

    for out, source in {
        "files": ("--data", str(tmp_path)),
        "own": ("--mysql", HISTORY),
        "another": ("--mysql", HISTORY, "--server", str(tmp_path / "shop.toml")),
    }.items():
        done = betpnl(settings, "train", *source, "--out", str(tmp_path / out), "--draws", "5")
        assert done.returncode == 0, done.stdout + done.stderr

    for out in ("own", "another"):
        for name in FILES:
            assert (tmp_path / out / name).read_bytes() == (tmp_path / "files" / name).read_bytes()


def test_what_cannot_be_read_is_one_sentence(
    settings: Settings, writer: Connection, tmp_path: Path
) -> None:
    with writer.cursor() as cursor:
        cursor.execute("CREATE DATABASE betpnl_half")
        cursor.execute(f"CREATE TABLE betpnl_half.prices ({TABLES['prices']})")
        cursor.execute(
            "INSERT INTO betpnl_half.prices VALUES ('g1', 'start', 'moneyline', '', 'home', 1)"
        )

    said = {}
    for schema in ("betpnl_none", "mysql", "betpnl_half"):
        done = betpnl(settings, "train", "--mysql", schema, "--out", str(tmp_path))
        assert done.returncode == 2, done.stdout + done.stderr
        said[schema] = done.stderr

    assert (
        "There is no table betpnl_none.prices, or the user may not read it" in said["betpnl_none"]
    )
    assert "There is no table mysql.prices" in said["mysql"]
    assert "betpnl_half.prices, row game_id 'g1', checkpoint 'start'" in said["betpnl_half"]
    assert "odds cannot be '1'" in said["betpnl_half"]
    assert not list(tmp_path.iterdir())


SHOP_TABLES = """
CREATE TABLE game (
  id VARCHAR(64) PRIMARY KEY, sport VARCHAR(64), league VARCHAR(64), season VARCHAR(16),
  home VARCHAR(64), away VARCHAR(64), planned_at DATETIME(3), began_at DATETIME(3),
  half_time_at DATETIME(3), half_home INT, half_away INT, final_home INT, final_away INT
);
CREATE TABLE odds_change (
  id BIGINT AUTO_INCREMENT PRIMARY KEY, game_id VARCHAR(64), market VARCHAR(64),
  line VARCHAR(16) NOT NULL DEFAULT '', selection VARCHAR(64), odds DECIMAL(10, 4),
  changed_at DATETIME(3)
);
CREATE TABLE outcome (
  game_id VARCHAR(64), market VARCHAR(64), line VARCHAR(16) NOT NULL DEFAULT '',
  selection VARCHAR(64), result VARCHAR(16)
);
INSERT INTO game VALUES
  ('g1', 'football', 'L', '2026', 'A', 'B', '2026-05-01 18:00', '2026-05-01 17:59',
   '2026-05-01 18:46', 1, 0, 2, 1),
  ('g2', 'football', 'L', '2026', 'C', 'D', '2026-05-02 18:00', '2026-05-02 18:05', NULL,
   NULL, NULL, 0, 0);
"""
# Market, selection, odds, time of day: what was changed in g1, which began at 17:59.
CHANGES = [
    ("moneyline", "home", "1.90", "12:00"),
    ("moneyline", "away", "1.90", "12:00"),
    ("moneyline", "home", "1.80", "17:58"),
    # Two at one moment: the later row is the newer price.
    ("moneyline", "away", "2.05", "17:58"),
    ("moneyline", "away", "2.00", "17:58"),
    # The moment itself is too late, and so is what came before the kick-off as planned.
    ("moneyline", "home", "1.10", "17:59"),
    ("moneyline", "away", "7.00", "17:59:30"),
    # Withdrawn before half time: the other must not stay behind alone.
    ("moneyline", "home", None, "18:40"),
    ("total_goals", "over", "2.10", "12:00"),
    ("total_goals", "under", "1.70", "12:00"),
    ("total_goals", "over", "1.50", "18:45:59.999"),
    ("total_goals", "under", "9.00", "18:46"),
]


def test_the_documented_history_keeps_the_future_out(
    settings: Settings, writer: Connection
) -> None:
    with writer.cursor() as cursor:
        run(writer, SHOP, SHOP_TABLES)
        cursor.executemany(
            "INSERT INTO odds_change (game_id, market, selection, odds, changed_at) "
            "VALUES ('g1', %s, %s, %s, CONCAT('2026-05-01 ', %s))",
            CHANGES,
        )
        cursor.execute("INSERT INTO outcome VALUES ('g1', 'moneyline', '', 'home', 'win')")
    history = (PROJECT / "docs" / "examples" / "history.sql").read_text()
    run(writer, MADE, history.replace("shop.", f"{SHOP}."))

    with opened(settings, MADE, None, Progress()) as tables:
        one, other = load_games(tables)

    start, half = one.checkpoints
    D = Decimal  # noqa: N806
    assert start.prices == {
        "moneyline": {"": {"away": D("2"), "home": D("1.8")}},
        "total_goals": {"": {"over": D("2.1"), "under": D("1.7")}},
    }
    assert half.prices == {"total_goals": {"": {"over": D("1.5"), "under": D("1.7")}}}
    assert (half.minute, half.score_home, half.score_away) == (45, 1, 0)
    assert one.results["moneyline", "", "home"].result == "win"
    assert [each.label for each in other.checkpoints] == ["start"]


def run(connection: Connection, schema: str, statements: str) -> None:
    """In a new schema."""
    lines = (line for line in statements.splitlines() if not line.startswith("--"))
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {schema}")
        cursor.execute(f"USE {schema}")
        for statement in "\n".join(lines).split(";"):
            if statement.strip():
                cursor.execute(statement)
