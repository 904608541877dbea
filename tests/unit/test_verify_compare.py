"""The audit over rows as MySQL gives them, all text."""

import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from rich.console import Console
from test_verify_expected import RULES, TICKET, Log

from betpnl.errors import UserError
from betpnl.model.recipe import Recipe
from betpnl.verify.audit import audit
from betpnl.verify.command import stated
from betpnl.verify.compare import NULL, Report
from betpnl.verify.history import History
from betpnl.verify.mysql_rows import select
from betpnl.verify.printing import Outcome, accounting, as_json, print_outcome
from betpnl.verify.rescore import Rescorer
from betpnl.verify.tables import BET, SELECTION_SCORED, TABLES, VIEWS, Rows, Table, Value
from betpnl.verify.valuation import Score
from betpnl.verify.waiting import behind, lag_text

SQL = Path(__file__).parents[2] / "sql" / "mysql"
# No market odds, so no margin.
SCORE = Score(Decimal("0.40000000"), "m1", True, Decimal(0))
Texts = list[str]
RATE = {"currency": "GBP", "version": 1, "rate": 1.17, "valid_from": "2024-05-01T00:00:00Z"}
CANCEL = {
    "game_id": "g9",
    "market": "winner",
    "version": 1,
    "from": "2024-05-01T12:00:00Z",
    "to": "2024-05-01T13:00:00Z",
}


def ddl_columns() -> dict[str, dict[str, str]]:
    text = (SQL / "10_tables.sql").read_text(encoding="utf-8")
    return {
        name: dict(re.findall(r"^    ([a-z_]+)\s+([A-Z]+)", body, re.MULTILINE))
        for name, body in re.findall(r"EXISTS (\w+) \((.*?)\n\);", text, re.DOTALL)
    }


def test_every_column_of_every_table_is_looked_at() -> None:
    found = ddl_columns()
    assert set(found) == {table.name for table in TABLES}
    for table in TABLES:
        columns = {name: kind for name, kind in found[table.name].items() if name.islower()}
        columns.pop("updated_at", None)
        assert list(table.columns) == list(columns)
        for name, kind in columns.items():
            exact = {"DECIMAL": Decimal, "INT": int, "BIGINT": int, "BOOLEAN": int}.get(kind, str)
            assert table.columns[name] is exact, f"{table.name}.{name}"


def test_the_keys_are_the_primary_keys() -> None:
    text = (SQL / "10_tables.sql").read_text(encoding="utf-8")
    keys = re.findall(r"PRIMARY KEY \((.*?)\)", text)
    in_order = sorted(TABLES, key=lambda each: text.index(f" {each.name} ("))
    for table, key in zip(in_order, keys, strict=True):
        assert list(table.columns)[: table.key] == key.split(", ")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_every_column_of_the_views_is_looked_at(view: Table) -> None:
    (path,) = SQL.glob(f"2?_{view.name}.sql")
    text = path.read_text(encoding="utf-8")
    selected = text[text.index("SELECT") : text.index("\nFROM ")]
    names = re.findall(r"(?:AS |p\.)(\w+)(?:,\n|$)", selected)
    assert [name for name in names if name != "updated_at"] == list(view.columns)


def nothing(_: dict[str, list[Texts]]) -> None:
    """Leave what MySQL has as it is."""


def text_of(value: Value, kind: type) -> str:
    if value is None:
        return NULL
    return f"{value:.8f}" if kind is Decimal else str(value)


def as_mysql_gives_it(tables: dict[str, Rows]) -> dict[str, list[Texts]]:
    return {
        table.name: [
            [text_of(value, kind) for value, kind in zip(row, table.columns.values(), strict=True)]
            for _, row in sorted(tables[table.name].items(), key=str)
        ]
        for table in (*TABLES, *VIEWS)
    }


@pytest.fixture
def log() -> Log:
    log = Log()
    log.bet("b1", SCORE)
    log.bet("b2", SCORE, **TICKET)
    log.bet("b2", SCORE, **TICKET, version=2, status="cancelled")
    log.bet("b3", SCORE, **TICKET)
    log.scores["b2", 2] = SCORE
    log.result(1)
    log.result(2, "lose")
    log.raw("games", json.dumps({"game_id": "g1", "version": 1, "sport": "chess"}).encode())
    log.raw("odds", b"nothing")
    log.raw("fx_rates", json.dumps(RATE).encode())
    log.raw("market_cancels", json.dumps(CANCEL).encode())
    log.bet("b5", SCORE, fx_rate=None, currency="GBP")
    prices = {"game_id": "g1", "market": "winner", "version": 1, "prices": {"home": 2, "away": 2}}
    log.raw("odds", json.dumps({**prices, "at": "2024-05-01T12:00:00Z"}).encode())
    return log


def audited(
    log: Log, change: Callable[[dict[str, list[Texts]]], None], rescorer: Rescorer | None = None
) -> dict[str, Report]:
    """The reports by table after ``change`` has been made to what MySQL has."""
    history = History(RULES)
    history.add_all(log.messages)
    stored = as_mysql_gives_it(log.tables())
    change(stored)
    reports = audit(history, lambda table: stored[table.name], 2, rescorer=rescorer)
    return {report.table: report for report in reports}


def unclean(reports: dict[str, Report]) -> set[str]:
    return {name for name, report in reports.items() if not report.clean}


def column(table: Table, name: str) -> int:
    return list(table.columns).index(name)


@pytest.mark.parametrize(("role", "clean"), [("challenger", True), ("champion", False)])
def test_what_a_challenger_said_no_log_knows(log: Log, role: str, clean: bool) -> None:
    said = column(SELECTION_SCORED, "role"), column(SELECTION_SCORED, "p")

    def change(stored: dict[str, list[Texts]]) -> None:
        one = [*stored["selection_scored"][0]]
        one[said[0]], one[said[1]] = role, "0.12345678"
        stored["selection_scored"].append(one)

    assert (unclean(audited(log, change)) == set()) is clean


def test_rows_as_they_must_be_are_clean(log: Log) -> None:
    reports = audited(log, nothing)
    assert unclean(reports) == set()
    assert list(reports) == [table.name for table in (*TABLES, *VIEWS)]
    assert (reports["bet"].expected, reports["bet"].found) == (4, 4)
    assert reports["bet_version"].found == 1
    assert reports["ticket_settled"].found == 1


def test_one_cent_is_found_and_shown(log: Log) -> None:
    def a_cent_more(stored: dict[str, list[Texts]]) -> None:
        stored["game_placed"][0][3] = "25.85"

    reports = audited(log, a_cent_more)
    assert unclean(reports) == {"game_placed"}
    (example,) = reports["game_placed"].examples
    assert (example.key, example.column, example.expected, example.found) == (
        "g1",
        "handle",
        "25.84",
        "25.85",
    )


@pytest.mark.parametrize("table", [*TABLES, *VIEWS], ids=lambda table: table.name)
def test_a_changed_value_is_found_in_any_column_of_any_table(log: Log, table: Table) -> None:
    for place, (name, kind) in enumerate(table.columns.items()):
        # A score is taken as stored; what can be wrong with it has a test of its own.
        if place < table.key or name in ("p_win", "model_version"):
            continue

        def change(stored: dict[str, list[Texts]], place: int = place, kind: type = kind) -> None:
            row = stored[table.name][0]
            row[place] = "changed" if kind is str else "77"

        reports = audited(log, change)
        assert table.name in unclean(reports), name


@pytest.mark.parametrize("table", [*TABLES, *VIEWS], ids=lambda table: table.name)
def test_a_row_that_is_missing_or_too_many_is_found(log: Log, table: Table) -> None:
    missing = audited(log, lambda stored: stored[table.name].clear())
    assert missing[table.name].missing == len(log.tables()[table.name])

    def one_more(stored: dict[str, list[Texts]]) -> None:
        extra = list(stored[table.name][0])
        extra[0] = "nobody"
        stored[table.name].append(extra)

    report = audited(log, one_more)[table.name]
    assert (report.missing, report.unexpected, report.different) == (0, 1, 0)


def test_null_is_not_an_empty_text(log: Log) -> None:
    def empty(stored: dict[str, list[Texts]]) -> None:
        stored["game"][0][6] = ""

    (example,) = audited(log, empty)["game"].examples
    assert (example.column, example.expected, example.found) == ("starts_at", "NULL", "")


@pytest.mark.parametrize(
    ("name", "stored_value", "must_be"),
    [
        ("p_win", "1.00000001", "between 0 and 1"),
        ("model_version", "", "a name"),
        ("margin", "0.01000000", "0"),
    ],
)
def test_a_score_that_cannot_be_one_is_found(
    log: Log, name: str, stored_value: str, must_be: str
) -> None:
    def change(stored: dict[str, list[Texts]]) -> None:
        stored["bet"][0][column(BET, name)] = stored_value

    examples = audited(log, change)["bet"].examples
    assert (name, must_be) in {(each.column, each.expected) for each in examples}


class Even:
    """A model for which every selection is as likely as not."""

    version = "m1"
    recipe = Recipe()

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        return np.full(len(features), 0.5)


def test_scoring_again_finds_a_probability_of_another_model(log: Log) -> None:
    other = Score(Decimal("0.42553191"), "m0", False, Decimal(0))
    log.bet("b4", other)
    # Without a market the odds are all there is: 1/2.35, and its cube for the tickets.
    log.scores["b1", 1] = Score(Decimal("0.42553191"), "m1", False, Decimal(0))
    rescorer = Rescorer(Even(), 5)
    report = audited(log, nothing, rescorer)["p_win scored again"]
    assert (report.expected, report.different) == (4, 3)
    assert {each.key for each in report.examples} == {"b2", "b3", "b5"}
    assert rescorer.passed_by == 1


def outcome(log: Log, change: Callable[[dict[str, list[Texts]]], None], newer: int) -> Outcome:
    history = History(RULES)
    history.add_all(log.messages)
    reports: Iterable[Report] = audited(log, change).values()
    return Outcome(list(reports), history.accounts(), {"bets": [4]}, newer, None, 1.5)


def test_the_code_says_clean_different_or_cannot_tell(log: Log) -> None:
    def less(stored: dict[str, list[Texts]]) -> None:
        stored["bet"].pop()

    assert [outcome(log, nothing, 0).code, outcome(log, nothing, 7).code] == [0, 0]
    assert [outcome(log, less, 0).code, outcome(log, less, 7).code] == [1, 2]
    assert "7 messages came after" in outcome(log, less, 7).verdict()


def test_the_outcome_is_printed_with_ids_as_they_are(log: Log) -> None:
    log.bet("[red]b9[/red]", SCORE)
    console = Console(width=200)
    with console.capture() as capture:
        print_outcome(outcome(log, lambda stored: stored["bet"].clear(), 0), console)
    text = capture.get()
    assert "[red]b9[/red]" in text
    assert accounting(outcome(log, nothing, 0).accounts) in text
    assert "rows are not as the log says" in text


def test_every_message_is_in_the_accounting(log: Log) -> None:
    assert accounting(outcome(log, nothing, 0).accounts) == (
        "12 messages = 10 newest + 1 superseded + 0 repeated + 1 rejected"
    )


def test_the_outcome_as_json_holds_the_same(log: Log) -> None:
    found = json.loads(as_json(outcome(log, lambda stored: stored["game"].clear(), 0)))
    assert found["clean"] is False
    assert found["until"] == {"bets": [4]}
    assert found["messages"]["bets"]["older"] == 1
    by_name = {table["table"]: table for table in found["tables"]}
    assert by_name["game"]["missing"] == 1
    assert by_name["game"]["examples"][0]["key"] == "g1"


def test_the_query_reads_a_row_as_one_text_in_the_order_of_its_key() -> None:
    assert select(Table("t", 1, {"a": str, "b": int})) == (
        "SELECT CONCAT_WS(_utf8mb4 0x1F, COALESCE(`a`, _utf8mb4 0x1E), "
        "COALESCE(`b`, _utf8mb4 0x1E)) FROM `t` ORDER BY `a`"
    )


def test_what_is_behind_is_counted_and_empty_partitions_are_not() -> None:
    until = {"bets": [100, 0, 50], "games": [0]}
    assert behind(until, {"bets": [100, -1, 60], "games": [-1]}) == {}
    lag = behind(until, {"bets": [40, -1, -1], "games": [-1]})
    assert lag == {"bets": 110}
    assert lag_text({"bets": 12_345, "odds": 1}) == "12,345 of bets, 1 of odds"


def test_offsets_can_be_stated_as_text_or_in_a_file(tmp_path: Path) -> None:
    ends = {"bets": [5, 6], "odds": [7, 8]}
    assert stated("", ends) == ends
    assert stated('{"bets": [1, 2]}', ends) == {"bets": [1, 2], "odds": [7, 8]}
    file = tmp_path / "until.json"
    file.write_text('{"odds": [0, 0]}')
    assert stated(str(file), ends)["odds"] == [0, 0]


@pytest.mark.parametrize(
    "until",
    ["nowhere.json", "{", '{"bats": [1]}', '{"bets": 1}', '{"bets": [-1]}', '{"bets": [true]}'],
)
def test_offsets_that_are_none_are_refused_in_a_sentence(until: str) -> None:
    with pytest.raises(UserError, match="--until"):
        stated(until, {"bets": [1]})
