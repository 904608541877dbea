"""The board in MySQL, through a connection that is made anew when it breaks."""

from __future__ import annotations

from pymysql.connections import Connection
from pymysql.constants import ER
from pymysql.err import MySQLError

from betpnl.errors import UserError
from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack import endpoints
from betpnl.watch.reading import Reading, read_board

_CONNECT_TIMEOUT_S = 3
_NOT_THERE = (ER.NO_SUCH_TABLE, ER.BAD_DB_ERROR, ER.VIEW_INVALID)


class MysqlBoard:
    """Reads as the user that may only read. top: most games; sport: only this one, '' for all."""

    def __init__(self, settings: Settings, top: int, sport: str = "") -> None:
        self._settings = settings
        self._top = top
        self._sport = sport
        self._connection: Connection | None = None

    def read(self) -> Reading:
        """Read now. Raises UserError, or pymysql.MySQLError when the connection breaks."""
        if self._connection is None:
            # Asked for each time: after a restart it may listen on another port.
            self._connection = connect(
                endpoints(self._settings), read_only=True, connect_timeout_s=_CONNECT_TIMEOUT_S
            )
        try:
            return read_board(self._connection, self._top, self._sport)
        except MySQLError as error:
            if error.args and error.args[0] in _NOT_THERE:
                raise UserError(
                    f"There is no board in {self._settings.mysql_database} yet; `betpnl submit` "
                    "makes the tables and starts the job."
                ) from None
            raise

    def close(self) -> None:
        """Let go of the connection; the next reading makes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection._force_close()
