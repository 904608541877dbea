"""The duty that archives once a day."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pymysql.connections import Connection

from betpnl.archive.run import Ages, run

EVERY_S = 86_400.0
_NEVER_S = 3_600.0
_log = logging.getLogger("betpnl.archive")


class ArchiveDuty:
    """Runs the archive, if any age is set."""

    name = "archive"

    def __init__(
        self,
        connect: Callable[[], Connection],
        folder: Path,
        ages: Ages,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._connect, self._folder, self._ages, self._now = connect, folder, ages, now

    def step(self) -> float:
        """Archive what is old enough."""
        if not self._ages.bets and not self._ages.buckets:
            return _NEVER_S
        connection = self._connect()
        try:
            done = run(connection, self._folder, self._ages, self._now())
        finally:
            connection.close()
        if done.files:
            rows = ", ".join(f"{count} of {table}" for table, count in done.rows.items() if count)
            _log.info("archived: %s", rows)
        return EVERY_S

    def close(self) -> None:
        """It holds nothing between its steps."""
