"""Connections to the client's MySQL: exact numbers, times with their zone, one view a statement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pymysql
from pymysql.connections import Connection
from pymysql.constants import FIELD_TYPE
from pymysql.converters import conversions, convert_datetime

from betpnl.errors import UserError
from betpnl.paths import in_project
from betpnl.settings import Settings
from betpnl.source.file import Server, Source
from betpnl.stack import memory, resolve
from betpnl.stack.mysql_server import MYSQL_VERSION_MIN, version_tuple
from betpnl.stack.mysql_service import SOURCE_USER

_CONNECT_TIMEOUT_S = 10
# A SELECT that has not answered by then never will: the server or the way to it is gone.
_ANSWER_TIMEOUT_S = 120

FAILURES = (pymysql.err.MySQLError, OSError)
"""What a statement or a connection may raise."""


@dataclass(frozen=True)
class Address:
    """Where the client's MySQL answers, and as whom it is read."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    server: Server

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def address(settings: Settings, source: Source) -> Address:
    """The server of a source file. Raises UserError, also while our own server is not up."""
    server = source.server
    if server.url:
        return Address(server.host, server.port, server.user, server.password(), server)
    if settings.mysql_url:
        raise UserError(f"{source.path}: mysql.url is missing; no server is started by betpnl.")
    own = resolve.mysql(settings)
    refuse_unfit(own.mysql_version, str(source.path))
    return Address(own.mysql_host, own.mysql_port, SOURCE_USER, password(settings, source), server)


def password(settings: Settings, source: Source) -> str:
    """The password of the user who reads. Raises UserError."""
    if source.server.url:
        return source.server.password()
    return memory.passwords(settings.home)[memory.SOURCE_PASSWORD]


def refuse_unfit(version: str, where: str) -> None:
    """Raises UserError for a server that cannot be a source."""
    if "MariaDB" in version:
        raise UserError(
            f"{where}: that is MariaDB ({version}); changes can be followed in MySQL only. Send "
            "its bets over HTTP, or let `betpnl pull` fetch them."
        )
    if version_tuple(version) < MYSQL_VERSION_MIN:
        wanted = ".".join(map(str, MYSQL_VERSION_MIN))
        raise UserError(f"{where}: MySQL {version} is too old; {wanted} is needed.")


def connect(to: Address) -> Connection:
    """Open a connection. Raises one of FAILURES, or UserError for a server that is unfit."""
    connection = open_connection(to)
    try:
        refuse_unfit(str(connection.get_server_info()), f"MySQL at {to}")
    except UserError:
        connection.close()
        raise
    return connection


def open_connection(to: Address) -> Connection:
    """The same to any server, MariaDB included: to be read once, not followed."""
    return pymysql.connect(
        host=to.host,
        port=to.port,
        user=to.user,
        password=to.password,
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_ANSWER_TIMEOUT_S,
        write_timeout=_ANSWER_TIMEOUT_S,
        conv=_converters(ZoneInfo(to.server.time_zone)),
        # Rows that are looked at with locks are then locked alone, without what lies between.
        init_command="SET time_zone = '+00:00', transaction_isolation = 'READ-COMMITTED'",
        **_tls(to.server),
    )


def sentence(error: BaseException) -> str:
    """What went wrong, in MySQL's words."""
    arguments = [str(part) for part in error.args if part not in (None, "")]
    code, words = (arguments[0], arguments[1]) if len(arguments) > 1 else ("", str(error))
    return f"{words} (error {code})" if code.isdigit() else words


def _tls(server: Server) -> dict[str, Any]:
    if server.tls == "disabled":
        return {"ssl_disabled": True}
    if server.tls == "preferred":
        return {}
    if server.tls == "required":
        return {"ssl": {"check_hostname": False, "verify_mode": "none"}}
    assert server.tls_ca is not None
    return {
        "ssl_ca": str(in_project(server.tls_ca)),
        "ssl_verify_cert": True,
        "ssl_verify_identity": server.tls == "verify_identity",
    }


def _converters(zone: tzinfo) -> dict[Any, Any]:
    return {
        **conversions,
        # The server sends numbers as texts: what it shows is what we take.
        FIELD_TYPE.FLOAT: Decimal,
        FIELD_TYPE.DOUBLE: Decimal,
        FIELD_TYPE.DATETIME: _time_in(zone),
        # The session runs in UTC, which is how the server then writes these.
        FIELD_TYPE.TIMESTAMP: _time_in(UTC),
    }


def _time_in(zone: tzinfo) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        found = convert_datetime(text)
        # A date that is none, such as 0000-00-00, stays a text.
        return found.replace(tzinfo=zone).astimezone(UTC) if isinstance(found, datetime) else found

    return convert
