"""Flink's tables and MySQL's are the same tables, and hold whatever the contract lets through."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from betpnl.contract import limits
from betpnl.job.statements import SQL

_TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+) \(\n(.*?)\n\);", re.DOTALL)
_COLUMN = re.compile(r"^\s+`?(\w+)`?\s+([A-Z]+)(?:\(([\d,]+)\))?", re.MULTILINE)
_KEY = re.compile(r"PRIMARY KEY \(([^)]*)\)")
_SERVERS_OWN = "updated_at"
# What MySQL calls the type that Flink writes into it.
_TYPES = {"VARCHAR": "STRING", "CHAR": "STRING", "MEDIUMTEXT": "STRING", "DATETIME": "TIMESTAMP"}


def _columns(body: str) -> dict[str, tuple[str, str]]:
    lines = "\n".join(
        line for line in body.splitlines() if not re.match(r" +(PRIMARY KEY|INDEX) ", line)
    )
    found = {name: (kind, size or "") for name, kind, size in _COLUMN.findall(lines)}
    return {name: kind for name, kind in found.items() if kind[0] != "UPDATE"}


def _key(text: str) -> list[str]:
    match = _KEY.search(text)
    assert match is not None
    return [name.strip(" `") for name in match[1].split(",")]


MYSQL = dict(_TABLE.findall((SQL / "mysql/10_tables.sql").read_text("utf-8")))
SINKS = {path.stem: path.read_text("utf-8") for path in (SQL / "sinks").glob("*.sql")}


def test_every_table_has_exactly_one_writer() -> None:
    inserts = [
        re.search(r"^INSERT INTO (\w+)", path.read_text("utf-8"), re.MULTILINE)
        for path in SQL.glob("7?_*.sql")
    ]
    written = sorted(match[1] for match in inserts if match is not None)

    assert written == sorted(MYSQL) == sorted(SINKS)


@pytest.mark.parametrize("table", sorted(SINKS))
def test_flink_and_mysql_name_the_same_columns_types_and_key(table: str) -> None:
    in_mysql = _columns(MYSQL[table])
    in_mysql.pop(_SERVERS_OWN, None)
    in_flink = _columns(SINKS[table].split("WITH (")[0])

    assert list(in_flink) == list(in_mysql)
    for name, (kind, size) in in_mysql.items():
        kind = _TYPES.get(kind, kind)
        assert in_flink[name] == (kind, "" if kind == "STRING" else size), name
    assert _key(SINKS[table]) == _key(MYSQL[table])


def _room(size: str) -> Decimal:
    precision, scale = map(int, size.split(","))
    return Decimal(10) ** (precision - scale) - Decimal(10) ** -scale


@pytest.mark.parametrize(
    ("table", "column", "most"),
    [
        ("bet", "stake", limits.STAKE_MAX),
        ("bet", "fx_rate", limits.FX_RATE_MAX),
        ("bet", "payout_win", limits.PAYOUT_MAX),
        ("bet", "odds", limits.TOTAL_ODDS_MAX),
        ("selection_price", "odds", limits.ODDS_MAX),
        # A million bets, each as large as one may be.
        ("game_placed", "handle", limits.PAYOUT_MAX * 1_000_000),
        ("game_placed", "expected_payout", limits.PAYOUT_MAX * 1_000_000),
    ],
)
def test_columns_have_room_for_what_the_checks_let_through(
    table: str, column: str, most: Decimal
) -> None:
    kind, size = _columns(MYSQL[table])[column]

    assert kind == "DECIMAL"
    assert _room(size) >= most


@pytest.mark.parametrize(
    ("table", "column", "length"),
    [
        ("bet", "bet_id", limits.ID_LENGTH_MAX),
        ("bet", "customer_id", limits.ID_LENGTH_MAX),
        ("bet", "channel", limits.LABEL_LENGTH_MAX),
        ("selection_book", "line", limits.LINE_LENGTH_MAX),
        ("game", "home", limits.LABEL_LENGTH_MAX),
        ("bet_reject", "reason", limits.REASON_LENGTH_MAX),
        ("bet_reject", "excerpt", limits.EXCERPT_LENGTH_MAX),
    ],
)
def test_texts_have_room_for_what_the_checks_let_through(
    table: str, column: str, length: int
) -> None:
    assert int(_columns(MYSQL[table])[column][1]) >= length
