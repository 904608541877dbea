"""The tables and views in MySQL: made where they are missing, views always made anew."""

from __future__ import annotations

from collections.abc import Iterator

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from betpnl.contract.currencies import minor_units
from betpnl.job.statements import SQL, statement
from betpnl.settings import Settings

# By their updated_at it is told which games changed.
WITH_CLOCK = (
    "game_placed",
    "game_settled",
    "game_ticket_settled",
    "game",
    "selection_book",
    "selection_price",
    "selection_result",
)


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

    Tables of an older version get the columns that they lack.
    """
    with connection.cursor() as cursor:
        statements = list(mysql_statements(settings))
        views = [text for text in statements if text.startswith("CREATE OR REPLACE VIEW")]
        for text in statements[: -len(views)]:
            cursor.execute(text)
        _add_clocks(cursor)
        for text in views:
            cursor.execute(text)


def _add_clocks(cursor: Cursor) -> None:
    cursor.execute(
        "SELECT table_name FROM information_schema.columns "
        "WHERE table_schema = DATABASE() AND column_name = 'updated_at'"
    )
    there = {row[0] for row in cursor.fetchall()}
    for name in WITH_CLOCK:
        if name not in there:
            cursor.execute(
                f"ALTER TABLE `{name}` ADD COLUMN updated_at DATETIME(3) NOT NULL "
                "DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)"
            )


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
