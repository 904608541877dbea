"""docs/tables.md names every table and view, each with all of its columns and no others."""

import re
from pathlib import Path

import pytest

from betpnl.job.schema import mysql_statements
from betpnl.job.statements import SQL
from betpnl.paths import PROJECT
from betpnl.settings import Settings

DOC = PROJECT / "docs" / "tables.md"
TOKEN = re.compile(r"'(?:[^']|'')*'|[A-Za-z_]\w*|\S")


def in_mysql() -> dict[str, list[str]]:
    found = {}
    for statement in mysql_statements(Settings()):
        table = re.match(r"CREATE TABLE IF NOT EXISTS (\w+) \(\n(.*)\)", statement, re.DOTALL)
        view = re.match(r"CREATE OR REPLACE VIEW (\w+) AS\s+(.*)", statement, re.DOTALL)
        if table:
            found[table[1]] = _columns_of_table(table[2])
        elif view:
            found[view[1]] = _columns_of_view(view[2])
    return found


def _columns_of_table(body: str) -> list[str]:
    starts = (re.match(r" {4}([a-z]\w*) +[A-Z]", line) for line in body.splitlines())
    return [start[1] for start in starts if start]


def _columns_of_view(query: str) -> list[str]:
    """The names in the outermost select list, which ends at the FROM outside all parentheses."""
    names: list[str] = []
    depth, before, inside = 0, "", False
    for token in TOKEN.findall(query):
        depth += (token == "(") - (token == ")")
        if depth == 0 and token == "SELECT":
            inside = True
        elif inside and depth == 0 and token in (",", "FROM"):
            names.append(before)
            if token == "FROM":
                return names
        before = token
    raise AssertionError(f"no select list in {query}")


def in_docs() -> dict[str, list[str]]:
    parts = re.split(r"^## `(\w+)`$", DOC.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        name: re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE)
        for name, text in zip(parts[::2], parts[1::2], strict=True)
    }


IN_MYSQL, IN_DOCS = in_mysql(), in_docs()


def test_every_table_and_view_is_documented() -> None:
    assert len(IN_MYSQL) == 37
    assert set(IN_DOCS) == set(IN_MYSQL)


@pytest.mark.parametrize("name", sorted(IN_MYSQL))
def test_every_column_is_documented_in_its_order(name: str) -> None:
    assert IN_DOCS.get(name) == IN_MYSQL[name]


def test_every_column_has_its_meaning_and_unit() -> None:
    rows = re.findall(r"^\| `\w+` \|(.*)\|$", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    described = [[cell.strip() for cell in row.split("|")] for row in rows]

    assert [cells for cells in described if len(cells) != 3 or not cells[0] or not cells[1]] == []


def test_every_pnl_says_which_sign_is_whose() -> None:
    text = DOC.read_text(encoding="utf-8")
    signs = re.findall(r"^\| `\w+_pnl` \|.*\|([^|]*)\|$", text, re.MULTILINE)

    assert signs
    assert {sign.strip() for sign in signs} == {"+ house wins"}


@pytest.mark.parametrize("path", sorted((SQL / "adhoc").glob("view_*.sql")), ids=lambda p: p.stem)
def test_flink_knows_each_view_with_the_same_columns(path: Path) -> None:
    body = path.read_text(encoding="utf-8").partition("(\n")[2].partition("\n)")[0]
    columns = re.findall(r"^ +`?([a-z]\w*)`? +[A-Z]", body, re.MULTILINE)

    assert columns == IN_MYSQL[path.stem.removeprefix("view_")]


def test_every_view_can_be_asked_in_flink() -> None:
    views = {
        name
        for statement in mysql_statements(Settings())
        for name in re.findall(r"^CREATE OR REPLACE VIEW (\w+)", statement)
    }

    assert {path.stem for path in (SQL / "adhoc").glob("view_*.sql")} == {
        f"view_{name}" for name in views
    }


def test_the_outermost_select_list_is_read() -> None:
    query = "WITH a AS (SELECT x, y FROM t) SELECT a.x, MAX(a.y, 1) AS z FROM a JOIN b ON 1"

    assert _columns_of_view(query) == ["x", "z"]
