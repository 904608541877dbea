"""A connection that is made when it is needed and made anew after a fault. For one thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pymysql.connections import Connection

T = TypeVar("T")


class Line:
    """connect: makes a connection, which then commits what `run` did, or none of it."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        at_first: Callable[[Connection], None] | None = None,
    ) -> None:
        """at_first: called with each new connection."""
        self._connect, self._at_first = connect, at_first
        self._connection: Connection | None = None

    def run(self, do: Callable[[Connection], T]) -> T:
        """Do this in one transaction.

        Raises UserError, OSError or pymysql.MySQLError, and whatever `do` raises.
        """
        try:
            if self._connection is None:
                self._connection = self._connect()
                if self._at_first is not None:
                    self._at_first(self._connection)
            value = do(self._connection)
            self._connection.commit()
        except BaseException:
            self.close()
            raise
        return value

    def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection._force_close()
