"""Tables of games in a MySQL or MariaDB, read once, as they all stand at one moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pymysql.connections import Connection
from pymysql.cursors import Cursor, SSCursor

from betpnl.errors import UserError
from betpnl.game_tables import SHAPES, Row, text_of
from betpnl.model.training.run import Progress
from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.source.connection import FAILURES, Address, open_connection, sentence
from betpnl.source.file import load_server
from betpnl.stack import resolve

_CHUNK = 1000
_NAME = re.compile(r"[A-Za-z0-9_$-]{1,64}")


class MysqlTables:
    """The tables of one schema, through a connection that nothing else uses meanwhile."""

    def __init__(self, connection: Connection, schema: str, progress: Progress) -> None:
        """Begin a transaction that only reads. Raises UserError for a name that is no schema's."""
        if not _NAME.fullmatch(schema):
            raise UserError(
                f"{schema!r} cannot be a schema: letters, digits, _, $ and - are taken, at most 64."
            )
        self._connection, self._schema, self._progress = connection, schema, progress
        with self._cursor(Cursor, schema) as cursor:
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    def __str__(self) -> str:
        return self._schema

    def rows(self, name: str) -> Iterator[Row]:
        """The rows of a table, a thousand at a time. Raises UserError."""
        shape, table = SHAPES[name], f"{self._schema}.{name}"
        there = self._columns(name)
        shape.check(table, there)
        # Whatever else stands in the user's table stays there.
        columns = [column for column in (*shape.needed, *shape.optional) if column in there]
        asked = ", ".join(f"`{column}`" for column in columns)
        self._progress.work(f"Reading {table}", None)
        with self._cursor(SSCursor, table) as cursor:
            cursor.execute(f"SELECT {asked} FROM `{self._schema}`.`{name}`")
            while found := cursor.fetchmany(_CHUNK):
                for values in found:
                    texts = map(text_of, values)
                    yield Row(table, dict(zip(columns, texts, strict=True)), shape.key)
                self._progress.done(len(found))

    def _columns(self, name: str) -> set[str]:
        with self._cursor(Cursor, f"{self._schema}.{name}") as cursor:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_schema = %s AND table_name = %s",
                (self._schema, name),
            )
            found = {str(column).lower() for (column,) in cursor.fetchall()}
        if not found:
            raise UserError(
                f"There is no table {self._schema}.{name}, or the user may not read it; "
                "docs/model.md says what it has to hold."
            )
        return found

    @contextmanager
    def _cursor(self, kind: type[Cursor], what: str) -> Iterator[Cursor]:
        """A cursor whose errors are sentences. what: is read."""
        cursor = self._connection.cursor(kind)
        try:
            yield cursor
        except FAILURES as error:
            raise UserError(f"{what} cannot be read: {sentence(error)}.") from None
        finally:
            # On a lost connection it would wait for rows that never come.
            if self._connection.open:
                cursor.close()


@contextmanager
def opened(
    settings: Settings, schema: str, server: Path | None, progress: Progress
) -> Iterator[MysqlTables]:
    """The tables of a schema. server: a source file, whose `[mysql]` says where and who.

    Without it, the server of the settings. Raises UserError.
    """
    with closing(_connection(settings, server)) as connection:
        yield MysqlTables(connection, schema, progress)


def _connection(settings: Settings, server: Path | None) -> Connection:
    if server is None:
        found = resolve.external_mysql(settings) if settings.mysql_url else resolve.mysql(settings)
        return connect(found, database="", read_only=True)
    of = load_server(server)
    to = Address(of.host, of.port, of.user, of.password(), of)
    try:
        return open_connection(to)
    except FAILURES as error:
        raise UserError(
            f"MySQL at {to} does not take user {to.user}: {sentence(error)}; see [mysql] in "
            f"{server}."
        ) from None
