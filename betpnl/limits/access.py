"""Connections to MySQL of the user who may write limits and their breaches, and nothing else."""

from __future__ import annotations

from pymysql.connections import Connection

from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack import resolve

_CONNECT_TIMEOUT_S = 3
_SILENCE_S = 10


def open_writer(settings: Settings) -> Connection:
    """A connection without autocommit. Found anew each time: after a restart the server may
    listen elsewhere. Raises UserError or pymysql.MySQLError."""
    found = resolve.external_mysql(settings) if settings.mysql_url else resolve.mysql(settings)
    return connect(
        found,
        as_board=True,
        autocommit=False,
        connect_timeout_s=_CONNECT_TIMEOUT_S,
        read_timeout_s=_SILENCE_S,
    )
