"""Tables of games in MySQL: what is asked, what becomes of its values, and what is said of faults.

The server is a stand-in here; tests/e2e/test_train_mysql.py trains from real ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pymysql
import pytest
from pymysql.connections import Connection

from betpnl import cli
from betpnl.errors import UserError
from betpnl.games import load_games
from betpnl.model.training.mysql_tables import MysqlTables
from betpnl.model.training.run import Progress
from betpnl.source.file import load_server
from tests.unit.test_game_tables import Tables, tables, write

Values = Sequence[Any]


class Cursor:
    """Answers the two questions that are asked, from rows in memory."""

    def __init__(self, content: Tables, asked: list[str]) -> None:
        self._content, self._asked = content, asked
        self._rows: list[Values] = []

    def execute(self, query: str, values: Values = ()) -> None:
        self._asked.append(query)
        if "information_schema" in query:
            _, table = values
            self._rows = [(column.upper(),) for column in next(iter(self._content[table]), {})]
        elif query.startswith("SELECT"):
            *columns, _, table = re.findall(r"`(\w+)`", query)
            self._rows = [[row.get(each) for each in columns] for row in self._content[table]]

    def fetchall(self) -> list[Values]:
        return self.fetchmany(len(self._rows))

    def fetchmany(self, size: int) -> list[Values]:
        found, self._rows = self._rows[:size], self._rows[size:]
        return found

    def close(self) -> None:
        pass


class Server:
    """As much of a connection as reading needs."""

    open = True

    def __init__(self, content: Tables) -> None:
        self.content, self.asked = content, list[str]()

    def cursor(self, kind: type) -> Cursor:  # noqa: ARG002
        return Cursor(self.content, self.asked)


class Steps(Progress):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: dict[str, int] = {}

    def work(self, name: str, parts: int | None = 1) -> None:
        assert parts is None
        self._name = name
        self.told[name] = 0

    def done(self, parts: int = 1) -> None:
        self.told[self._name] += parts


def read(server: Server, schema: str = "history", progress: Progress | None = None) -> MysqlTables:
    return MysqlTables(cast("Connection", server), schema, progress or Progress())


def test_the_same_games_as_from_files(tmp_path: Path) -> None:
    content = tables()
    files = load_games(write(tmp_path, content))
    content["games"][0] |= {"home_score": None, "sport": b"tennis"}
    # As the driver gives it: the session runs in UTC.
    content["games"][0]["starts_at"] = content["games"][0]["starts_at"].replace(tzinfo=None)
    for row in content["checkpoints"]:
        row["fraction"] = Decimal(row["fraction"]).quantize(Decimal("0.0000"))
    for row in content["prices"]:
        row["odds"] = Decimal("1.9000")

    assert load_games(read(Server(content))) == files


def test_a_line_of_more_decimals_is_the_same_line() -> None:
    content = tables()
    for name in ("prices", "results"):
        for row in content[name]:
            row["line"] = Decimal("2.50")

    (game,) = load_games(read(Server(content)))

    assert list(game.checkpoints[0].prices["moneyline"]) == ["2.5"]
    assert ("moneyline", "2.5", "home") in game.results


def test_everything_is_read_at_one_moment_and_nothing_else_of_the_tables() -> None:
    content = tables()
    for row in content["games"]:
        row["margin_secret"] = 1
    server = Server(content)

    load_games(read(server))

    assert server.asked[1] == "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
    assert "SELECT `game_id`, `sport`, `starts_at`, `duration_min` FROM `history`.`games`" in (
        server.asked
    )
    assert not any("secret" in query for query in server.asked)


def test_progress_counts_the_rows_of_each_table() -> None:
    content, steps = tables(), Steps()
    content["results"] += [{**content["results"][0], "game_id": f"x{n}"} for n in range(1500)]

    load_games(read(Server(content), progress=steps))

    assert steps.told == {
        "Reading history.prices": 2,
        "Reading history.checkpoints": 2,
        "Reading history.results": 1502,
        "Reading history.games": 1,
    }


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        (
            "prices", "odds", Decimal(1),
            "history.prices, row game_id 'g1', checkpoint 'start', market 'moneyline', selection "
            "'home': odds cannot be '1'.",
        ),
        ("games", "starts_at", "0000-00-00 00:00:00", "games, row game_id 'g1': starts_at cannot"),
        ("checkpoints", "fraction", None, "checkpoint 'later': fraction cannot be ''"),
        ("results", "result", "won", "selection 'home': result cannot be 'won'"),
        ("prices", "checkpoint", "half", "history: prices has checkpoint 'half' of game 'g1'"),
        ("prices", "selection", "away", "selection 'away': is there twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_with_its_table_and_key(
    table: str, column: str, value: Any, said: str
) -> None:
    content = tables()
    content[table][0][column] = value

    with pytest.raises(UserError, match=re.escape(said)):
        load_games(read(Server(content)))


def test_what_is_not_there_is_named() -> None:
    content = tables()
    for row in content["prices"]:
        del row["odds"]
    with pytest.raises(UserError, match=re.escape("history.prices has no column odds.")):
        load_games(read(Server(content)))

    content["prices"] = []
    with pytest.raises(UserError, match=re.escape("There is no table history.prices, or the user")):
        load_games(read(Server(content)))


@pytest.mark.parametrize("schema", ["", "a`b", "a.b", "a b", "x" * 65, "a\n", "a;DROP", "é"])
def test_a_name_that_is_no_schemas_is_never_asked_for(schema: str) -> None:
    server = Server(tables())

    with pytest.raises(UserError, match="cannot be a schema"):
        read(server, schema)

    assert server.asked == []


def test_an_error_of_the_server_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> list[Values]:
        raise pymysql.err.OperationalError(2013, "Lost connection to MySQL server during query")

    found = read(Server(tables())).rows("prices")
    next(found)
    monkeypatch.setattr(Cursor, "fetchmany", fail)

    with pytest.raises(
        UserError, match=re.escape("history.prices cannot be read: Lost connection to MySQL server")
    ):
        list(found)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--server", "shop.toml"), "--server needs --mysql SCHEMA"),
        (("--mysql", "history", "--data", "."), "--data and --mysql exclude each other"),
        (("--mysql", "history"), "No mysql runs for"),
    ],
)
def test_options_that_do_not_do_end_in_one_sentence(
    arguments: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BETPNL_HOME", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["betpnl", "train", *arguments])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_server_is_named_by_a_file_that_holds_no_password(tmp_path: Path) -> None:
    path = tmp_path / "server.toml"
    path.write_text('[mysql]\nurl = "mysql://reader@db:3307"\npassword_file = "p"\n')
    server = load_server(path)
    assert (server.host, server.port, server.user) == ("db", 3307, "reader")

    path.write_text('[mysql]\npassword_env = "P"\n')
    with pytest.raises(UserError, match=r"mysql\.url is missing"):
        load_server(path)

    path.write_text('[mysql]\nurl = "mysql://reader:secret@db"\n')
    with pytest.raises(UserError, match="must not hold a password"):
        load_server(path)
