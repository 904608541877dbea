"""Connections to MySQL: always UTC, always utf8mb4."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pymysql
from pymysql.connections import Connection

from betpnl.errors import UserError

if TYPE_CHECKING:
    from betpnl.stack.endpoints import Endpoints


def connect(
    endpoints: Endpoints,
    *,
    database: str | None = None,
    autocommit: bool = True,
    read_only: bool = False,
    as_board: bool = False,
    connect_timeout_s: int = 10,
    read_timeout_s: float | None = None,
) -> Connection:
    """Open a connection whose session runs in UTC.

    database: None takes the one of the endpoints, '' none at all. read_only: as the user that
    may only read, where there is one; as_board: as the one that may write limits. read_timeout_s:
    how long the server may be silent, None for ever. Raises UserError when the server does not
    take us.
    """
    user, password = endpoints.mysql_user, endpoints.mysql_password
    if read_only and endpoints.mysql_read_user:
        user, password = endpoints.mysql_read_user, endpoints.mysql_read_password
    elif as_board and endpoints.mysql_board_user:
        user, password = endpoints.mysql_board_user, endpoints.mysql_board_password
    name = endpoints.mysql_database if database is None else database
    try:
        return pymysql.connect(
            host=endpoints.mysql_host,
            port=endpoints.mysql_port,
            user=user,
            password=password,
            database=name or None,
            charset="utf8mb4",
            autocommit=autocommit,
            connect_timeout=connect_timeout_s,
            read_timeout=read_timeout_s,
            init_command="SET time_zone = '+00:00'",
        )
    except pymysql.err.OperationalError as error:
        code, *rest = error.args
        raise UserError(
            f"MySQL at {endpoints.mysql_host}:{endpoints.mysql_port} does not take user {user}: "
            f"{rest[0] if rest else error} (error {code}); `betpnl status` shows what runs."
        ) from None
