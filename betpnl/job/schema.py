"""The tables and views in MySQL: made where they are missing, views always made anew."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from betpnl.contract.currencies import minor_units
from betpnl.job.statements import SQL, statement
from betpnl.settings import Settings

_TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+) \((.*)\)", re.DOTALL)
# A column or an index to a line, which may go on below; no comma stands at a line's end elsewhere.
_PART = re.compile(r",\s*\n")


def mysql_statements(settings: Settings) -> Iterator[str]:
    """The statements of sql/mysql in the order of their numbers, one at a time."""
    values = {"base_minor": str(minor_units(settings.base_currency))}
    for path in sorted((SQL / "mysql").glob("*.sql")):
        # No statement of ours holds a semicolon in a text.
        for part in statement(path, values).split(";"):
            if part.strip():
                yield part.strip()


def create_tables(connection: Connection, settings: Settings) -> None:
    """Make the tables and views in the connection's database. Raises pymysql.MySQLError.

    Tables of an older version get the columns and indexes that they lack.
    """
    with connection.cursor() as cursor:
        statements = list(mysql_statements(settings))
        views = [text for text in statements if text.startswith("CREATE OR REPLACE VIEW")]
        for text in statements[: -len(views)]:
            cursor.execute(text)
            _add_missing(cursor, text)
        for text in views:
            cursor.execute(text)


def _add_missing(cursor: Cursor, text: str) -> None:
    """Add to a table what its statement has and it lacks, as it stands there."""
    table = _TABLE.fullmatch(text)
    assert table is not None, text
    name, body = table.groups()
    columns, indexes = _columns(cursor, name), _indexes(cursor, name)
    for part in (" ".join(part.split()) for part in _PART.split(body)):
        match part.split():
            case ["PRIMARY", *_]:
                pass
            case ["UNIQUE", "INDEX", index, *_] | ["INDEX", index, *_]:
                if index not in indexes:
                    cursor.execute(f"ALTER TABLE `{name}` ADD {part}")
            case [column, *_]:
                if column not in columns:
                    cursor.execute(f"ALTER TABLE `{name}` ADD COLUMN {part}")


def _columns(cursor: Cursor, table: str) -> set[str]:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = DATABASE() AND table_name = %s",
        (table,),
    )
    return {row[0] for row in cursor.fetchall()}


def _indexes(cursor: Cursor, table: str) -> set[str]:
    cursor.execute(
        "SELECT index_name FROM information_schema.statistics "
        "WHERE table_schema = DATABASE() AND table_name = %s",
        (table,),
    )
    return {row[0] for row in cursor.fetchall()}


def filled_tables(connection: Connection) -> list[str]:
    """Names of the job's tables that hold a row; all must be empty before a start from scratch."""
    names = sorted(path.stem for path in (SQL / "sinks").glob("*.sql"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
        )
        there = {row[0] for row in cursor.fetchall()}
        filled = []
        for name in names:
            if name in there:
                cursor.execute(f"SELECT 1 FROM `{name}` LIMIT 1")
                if cursor.fetchone() is not None:
                    filled.append(name)
    return filled
