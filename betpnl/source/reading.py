"""Reads records again from the client's MySQL, many at once, and says which are not settled yet.

An event of the binary log may arrive a moment before its commit can be seen: MySQL writes the log
first. So rows are looked at with a shared lock that waits for nobody. Where nobody holds them, all
that was logged of them can be seen; the other records are read all the same, and once more later.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pymysql
from pymysql.connections import Connection
from pymysql.constants import CR, ER

from betpnl.errors import UserError
from betpnl.source import connection, keys, shaping
from betpnl.source.file import SECTIONS, Section, Source
from betpnl.source.keys import Key
from betpnl.source.paging import beyond

T = TypeVar("T")

_LOCK_NOWAIT = 3572
# What one row may bring about, where the statement is right for all others.
_OF_A_ROW = frozenset(
    {
        ER.DATA_TOO_LONG,
        ER.DIVISION_BY_ZERO,
        ER.SUBQUERY_NO_1_ROW,
        ER.TRUNCATED_WRONG_VALUE,
        ER.WARN_DATA_OUT_OF_RANGE,
        1411,  # wrong value for a function
        1690,  # out of range in an expression
        *range(3140, 3160),  # JSON
    }
)
_AWAY = frozenset(
    {
        CR.CR_SERVER_GONE_ERROR,
        CR.CR_SERVER_LOST,
        CR.CR_CONN_HOST_ERROR,
        CR.CR_CONNECTION_ERROR,
        ER.SERVER_SHUTDOWN,
        ER.CON_COUNT_ERROR,
    }
)
PAGE_MAX = 1000


class AwayError(Exception):
    """The server does not answer, or takes nobody; what was asked for has to be asked again."""


class SelectError(Exception):
    """A statement that the server refuses whatever the records are; text for the user."""


@dataclass
class Found:
    """What was read. fields: of each record that has a row. unsettled: keys to read once more."""

    fields: dict[Key, dict[str, Any]] = field(default_factory=dict)
    unsettled: list[Key] = field(default_factory=list)


class Database:
    """The client's MySQL; connects when first asked, and again after it was away."""

    def __init__(self, source: Source, address: Callable[[], connection.Address]) -> None:
        self._source, self._address = source, address
        self._connection: Connection | None = None
        self._kinds: dict[str, list[str]] = {}
        self._types: dict[str, list[str]] = {}
        self._page = PAGE_MAX

    def kinds(self, section: str) -> list[str]:
        """MySQL's types of the columns of a section's key. Raises AwayError, SelectError."""
        if section not in self._kinds:
            self._kinds[section] = self._asked(section, self._read_kinds)
        return self._kinds[section]

    def read(self, section: str, wanted: Sequence[Key]) -> Found:
        """The records of these keys as they stand now. Raises AwayError, SelectError.

        A record that MySQL cannot compute, because of what is in its row, has the field `status`
        in MySQL's words, and will be rejected with them.
        """
        if not wanted:
            return Found()
        return self._asked(section, lambda each: self._read(section, each, wanted))

    def page(self, section: str, after: Key | None) -> list[Key] | None:
        """The next keys of the main table, in its order; [] when there are no more.

        None when somebody holds the next row just now. Raises AwayError, SelectError.
        """
        return self._asked(section, lambda each: self._next_page(section, each, after))

    def place(self) -> tuple[str, int]:
        """File and position that the binary log has reached. Raises AwayError, SelectError."""

        def ask(_: Section) -> tuple[str, int]:
            rows = self._rows("SHOW BINARY LOG STATUS")
            if not rows:
                raise SelectError("MySQL writes no binary log; start it with log_bin.")
            return str(rows[0][0]), int(rows[0][1])

        return self._asked(next(iter(self._source.sections)), ask)

    def close(self) -> None:
        """Close the connection; the next question opens another one."""
        if self._connection is not None:
            with contextlib.suppress(*connection.FAILURES):
                self._connection.close()
        self._connection = None
        self._kinds.clear()
        self._types.clear()

    def _asked(self, section: str, ask: Callable[[Section], T]) -> T:
        try:
            if self._connection is None:
                self._connection = connection.connect(self._address())
            return ask(self._source.sections[section])
        except UserError as error:
            raise AwayError(str(error)) from None
        except connection.FAILURES as error:
            code = error.args[0] if error.args else None
            if (
                self._connection is None
                or isinstance(error, OSError | pymysql.err.InterfaceError)
                or code in _AWAY
            ):
                self.close()
                raise AwayError(f"MySQL: {connection.sentence(error)}") from None
            # Another connection finds a table that was made again, and has no half-read answer.
            self.close()
            raise SelectError(connection.sentence(error)) from None

    def _rows(self, statement: str, arguments: Sequence[Any] | None = None) -> list[Any]:
        assert self._connection is not None
        with self._connection.cursor() as cursor:
            cursor.execute(statement, arguments)
            return list(cursor.fetchall())

    def _read_kinds(self, section: Section) -> list[str]:
        kinds: list[str] = []
        for table, columns in section.tables.items():
            schema, _, name = table.partition(".")
            found = dict(
                self._rows(
                    "SELECT column_name, data_type FROM information_schema.columns "
                    "WHERE table_schema = %s AND table_name = %s",
                    (schema, name),
                )
            )
            if not found:
                raise SelectError(f"there is no table {table}, or the user may not read it")
            for column in columns:
                if column not in found:
                    raise SelectError(f"table {table} has no column {column}")
                if found[column].lower() not in keys.KINDS:
                    raise SelectError(
                        f"column {table}.{column} is {found[column]}, which cannot be a key; "
                        "integers, texts and binary columns can"
                    )
            kinds = kinds or [found[column].lower() for column in columns]
        return kinds

    def _read_types(self, section: Section) -> list[str]:
        schema, _, name = section.main_table.partition(".")
        found = dict(
            self._rows(
                "SELECT column_name, column_type FROM information_schema.columns "
                "WHERE table_schema = %s AND table_name = %s",
                (schema, name),
            )
        )
        return [str(found[column]) for column in section.tables[section.main_table]]

    def _read(self, name: str, section: Section, wanted: Sequence[Key]) -> Found:
        unsettled = {
            key
            for table, columns in section.tables.items()
            for key in self._locked(table, columns, wanted)
        }
        found = Found(unsettled=[key for key in wanted if key in unsettled])
        self._select(name, section, wanted, found)
        return found

    def _select(self, name: str, section: Section, wanted: Sequence[Key], into: Found) -> None:
        assert self._connection is not None
        arguments = [keys.bound(wanted)] * section.places
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(section.statement, arguments)
                columns = [column[0] for column in cursor.description]
                rows = cursor.fetchall()
        except pymysql.err.MySQLError as error:
            if error.args[0] not in _OF_A_ROW:
                raise
            if len(wanted) > 1:
                middle = len(wanted) // 2
                self._select(name, section, wanted[:middle], into)
                self._select(name, section, wanted[middle:], into)
                return
            said = f"the SELECT fails for this record: {connection.sentence(error)}"
            fields = dict(zip(SECTIONS[name].key_fields, map(str, wanted[0]), strict=False))
            into.fields[wanted[0]] = {**fields, "status": said, "at": said}
            return
        try:
            into.fields |= shaping.records(SECTIONS[name], columns, section.key_columns, rows)
        except KeyError as error:
            raise SelectError(f"the SELECT gives no column {error.args[0]}") from None

    def _locked(self, table: str, columns: Sequence[str], wanted: Sequence[Key]) -> list[Key]:
        """Those of the keys whose rows somebody holds just now."""
        left = ", ".join(map(_quoted, columns))
        statement = f"SELECT COUNT(*) FROM {_quoted(table)} WHERE ({left}) IN %s FOR SHARE NOWAIT"
        try:
            self._rows(statement, (keys.bound(wanted),))
        except pymysql.err.MySQLError as error:
            if error.args[0] != _LOCK_NOWAIT:
                raise
            if len(wanted) == 1:
                return list(wanted)
            middle = len(wanted) // 2
            return [
                *self._locked(table, columns, wanted[:middle]),
                *self._locked(table, columns, wanted[middle:]),
            ]
        return []

    def _next_page(self, name: str, section: Section, after: Key | None) -> list[Key] | None:
        columns = [_quoted(name) for name in section.tables[section.main_table]]
        if after is None or name not in self._types:
            # A statement that gave an ENUM another label begins a sweep, and so comes here.
            self._types[name] = self._read_types(section)
        condition, arguments = beyond(columns, self._types[name], after)
        order = ", ".join(columns)
        while True:
            statement = (
                f"SELECT {order} FROM {_quoted(section.main_table)} WHERE {condition} "
                f"ORDER BY {order} LIMIT {self._page} FOR SHARE NOWAIT"
            )
            try:
                rows = self._rows(statement, arguments)
            except pymysql.err.MySQLError as error:
                if error.args[0] != _LOCK_NOWAIT:
                    raise
                if self._page == 1:
                    return None
                self._page //= 2
                continue
            self._page = min(PAGE_MAX, 2 * self._page)
            return [key for row in dict.fromkeys(rows) if (key := keys.from_row(row)) is not None]


def _quoted(name: str) -> str:
    # Names are checked by the source file: letters, digits, `_`, `$` and `-`.
    return ".".join(f"`{part}`" for part in name.split("."))
