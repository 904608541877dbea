"""A table's rows from MySQL as text, one at a time, in the order of their key."""

from __future__ import annotations

from collections.abc import Iterator

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import SSCursor

from betpnl.errors import UserError
from betpnl.verify.compare import Texts
from betpnl.verify.tables import Table

_SEPARATOR = "\x1f"
_NO_SUCH_TABLE = 1146


def select(table: Table) -> str:
    """The query for a table: each row as one text, for the driver takes its time per column."""
    columns = ", ".join(f"COALESCE(`{name}`, _utf8mb4 0x1E)" for name in table.columns)
    key = ", ".join(f"`{name}`" for name in list(table.columns)[: table.key])
    return f"SELECT CONCAT_WS(_utf8mb4 0x1F, {columns}) FROM `{table.name}` ORDER BY {key}"


def rows(connection: Connection, table: Table) -> Iterator[Texts]:
    """The rows of a table or view. Raises UserError when it is not there."""
    with connection.cursor(SSCursor) as cursor:
        try:
            cursor.execute(select(table))
        except pymysql.err.ProgrammingError as error:
            if error.args[0] != _NO_SUCH_TABLE:
                raise
            raise UserError(
                f"MySQL has no table {table.name} in this database: `betpnl up` makes the tables; "
                "is mysql_database the one that the job runs with?"
            ) from None
        for (text,) in cursor:
            yield text.split(_SEPARATOR)


def freeze(connection: Connection) -> None:
    """From here on all tables are read as they stand at this moment."""
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
