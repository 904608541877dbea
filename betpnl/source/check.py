"""Tries a source file on its server: rights, tables, and a few records. Publishes nothing."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from pymysql.connections import Connection

from betpnl.deployment import rules
from betpnl.settings import Settings
from betpnl.source import connection, keys
from betpnl.source.claims import Claims
from betpnl.source.file import Section, Source, load
from betpnl.source.reading import AwayError, Database, SelectError
from betpnl.source.records import Recorder

_SAMPLES = 3
_DAY_S = 86_400
_BIG_ROWS = 10_000
_NO_LIMIT = 1 << 30


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. problem: a sentence with the fix, '' when all is well."""

    subject: str
    problem: str = ""


def check(settings: Settings, path: Path) -> int:
    """Print what is right and what is wrong; 1 when anything is wrong. Raises UserError."""
    source = load(path)
    wrong = 0
    for finding in findings(settings, source):
        wrong += bool(finding.problem)
        typer.echo(f"{'wrong' if finding.problem else 'ok':<6} {finding.subject}", nl=False)
        typer.echo(f": {finding.problem}" if finding.problem else "")
    return 1 if wrong else 0


def findings(settings: Settings, source: Source) -> Iterator[Finding]:
    """Everything there is to say about a source, one after the other. Raises UserError."""
    to = connection.address(settings, source)
    try:
        connected = connection.connect(to)
    except connection.FAILURES as error:
        said = connection.sentence(error)
        fix = (
            "see url, password_env and tls in [mysql]."
            if source.server.url
            else "its user is made by `betpnl up` when mysql_source names this file: set it, and "
            "call `betpnl down` and `betpnl up`."
        )
        yield Finding(f"connection to {to}", f"{said}; {fix}")
        return
    with contextlib.closing(connected):
        yield Finding(f"connection to {to} as {to.user}, MySQL {connected.get_server_info()}")
        yield from _server(connected, to.user)
        database = Database(source, lambda: to)
        try:
            for name, section in source.sections.items():
                yield from _section(settings, connected, database, name, section)
        finally:
            database.close()


def _server(connected: Connection, user: str) -> Iterator[Finding]:
    variables = ["log_bin", "binlog_format", "binlog_row_image", "binlog_expire_logs_seconds"]
    row = _rows(connected, f"SELECT {', '.join(f'@@global.{name}' for name in variables)}")[0]
    log_bin, row_format, image, expire_s = row
    yield Finding("binary log", "" if log_bin else "it is off; start MySQL with log_bin.")
    yield Finding(
        "binlog_format", "" if row_format == "ROW" else f"it is {row_format}; set it to ROW."
    )
    yield Finding(
        "binlog_row_image",
        "it is MINIMAL, and changes then do not name their record; set it to FULL or NOBLOB."
        if image == "MINIMAL"
        else "",
    )
    short = 0 < int(expire_s) < _DAY_S
    yield Finding(
        "binlog_expire_logs_seconds",
        f"{expire_s} s: changes made while betpnl is down for longer are found by a look at every "
        "record only; set it to a day or more."
        if short
        else "",
    )
    for right, statement in (
        ("REPLICATION CLIENT", "SHOW BINARY LOG STATUS"),
        ("REPLICATION SLAVE", "SHOW REPLICAS"),
    ):
        try:
            _rows(connected, statement)
        except connection.FAILURES as error:
            fix = f"{connection.sentence(error)}; say GRANT {right} ON *.* TO {user}."
            yield Finding(f"right {right}", fix)
        else:
            yield Finding(f"right {right}")


def _section(
    settings: Settings, connected: Connection, database: Database, name: str, section: Section
) -> Iterator[Finding]:
    try:
        database.kinds(name)
        for table, columns in section.tables.items():
            yield _index(connected, name, table, columns)
        first = database.page(name, None)
        wanted = (first or [])[:_SAMPLES]
        found = database.read(name, wanted)
        yield from _plan(connected, name, section, wanted)
    except (AwayError, SelectError) as error:
        yield Finding(f"[{name}]", f"{error}.")
        return
    if first is None:
        yield Finding(f"[{name}]", "its first row is held by a transaction; try again later.")
    elif not wanted:
        yield Finding(f"[{name}] select: there are no rows in {section.main_table} to try it on")
    # Limits on the age of bets are the job's, and old bets are no fault of the file.
    recorder = Recorder(name, rules(settings), _NO_LIMIT)
    for key in wanted:
        if key not in found.fields:
            yield Finding(
                f"[{name}] {section.main_table} {keys.to_text(key)}",
                "the SELECT gives no row for it: is that record incomplete, and is the column "
                f"{', '.join(section.key_columns)} of the same type as in the table?",
            )
            continue
        outcome = recorder.read(
            found.fields[key],
            None,
            1,
            int(time.time() * 1000),
            row=keys.to_text(key),
            claims=Claims({}),
        )
        shown = outcome.messages[0][1].decode("utf-8", "replace")
        reason = f"the contract rejects it: {outcome.reason}." if outcome.reason else ""
        yield Finding(f"[{name}] {shown}", reason)


def _index(connected: Connection, name: str, table: str, columns: list[str]) -> Finding:
    schema, _, plain = table.partition(".")
    found: dict[str, dict[int, str]] = {}
    for index, place, column in _rows(
        connected,
        "SELECT index_name, seq_in_index, column_name FROM information_schema.statistics "
        "WHERE table_schema = %s AND table_name = %s",
        (schema, plain),
    ):
        found.setdefault(index, {})[place] = column
    heads = [{each.get(place) for place in range(1, len(columns) + 1)} for each in found.values()]
    subject = f"[{name}] index of {table} on {', '.join(columns)}"
    if set(columns) in heads:
        return Finding(subject)
    return Finding(
        subject,
        f"there is none, and each change would read the whole table; say CREATE INDEX by_record "
        f"ON {table} ({', '.join(columns)}).",
    )


def _plan(
    connected: Connection, name: str, section: Section, wanted: list[keys.Key]
) -> Iterator[Finding]:
    if not wanted:
        return
    with connected.cursor() as cursor:
        arguments = [keys.bound(wanted)] * section.places
        cursor.execute(f"EXPLAIN FORMAT=TRADITIONAL {section.statement}", arguments)
        places = {column[0]: number for number, column in enumerate(cursor.description)}
        rows = cursor.fetchall()
    whole = [
        str(row[places["table"]])
        for row in rows
        if row[places["type"]] == "ALL" and int(row[places["rows"]] or 0) > _BIG_ROWS
    ]
    yield Finding(
        f"[{name}] plan of the SELECT",
        f"it reads all of {', '.join(whole)} each time; join by columns with an index."
        if whole
        else "",
    )


def _rows(connected: Connection, statement: str, arguments: Any = None) -> list[Any]:
    with connected.cursor() as cursor:
        cursor.execute(statement, arguments)
        return list(cursor.fetchall())
