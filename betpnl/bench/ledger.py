"""A sportsbook's own table of bets, and a sink that writes to it as the sportsbook would."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any

from betpnl.contract.topics import BETS
from betpnl.mysql import connect
from betpnl.replay import Block, KafkaSink
from betpnl.stack import Endpoints

_COLUMNS = (
    "bet_id", "version", "status", "accepted_at", "customer_id", "channel", "region",
    "currency", "fx_rate", "stake", "stake_type", "bet_type", "fraction", "amount", "legs",
    "system",
)  # fmt: skip
_TABLE = """
CREATE TABLE IF NOT EXISTS betpnl_ledger.bet (
    bet_id VARCHAR(64) PRIMARY KEY, version BIGINT, status VARCHAR(16), accepted_at DATETIME(3),
    customer_id VARCHAR(64), channel VARCHAR(64), region VARCHAR(64), currency CHAR(3),
    fx_rate DECIMAL(16,10), stake DECIMAL(13,3), stake_type VARCHAR(8), bet_type VARCHAR(16),
    fraction DECIMAL(9,8), amount DECIMAL(13,3), legs JSON,
    `system` JSON)
"""


class LedgerSink(KafkaSink):
    """Bets into the table, the rest into Kafka.

    What is due together is committed together, by a thread of its own.
    """

    def __init__(self, found: Endpoints, topic_prefix: str) -> None:
        """found: a server where the embedded user may make the database."""
        super().__init__(found.kafka_bootstrap, topic_prefix)
        self._queue: list[bytes] = []
        self._waiting = 0
        self._changed = threading.Condition()
        self._connection = connect(found, database="", autocommit=False)
        with self._connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE IF NOT EXISTS betpnl_ledger CHARACTER SET utf8mb4")
            cursor.execute(_TABLE)
        threading.Thread(target=self._work, daemon=True).start()

    def send(self, block: Block, start: int, stop: int) -> None:
        """Queue bets; hand over the rest."""
        if block.topic is not BETS:
            super().send(block, start, stop)
            return
        with self._changed:
            self._queue += block.values[start:stop]
            self._waiting += stop - start
            self._changed.notify_all()

    def waiting(self) -> int:
        """Bets that are not committed, messages that are not acknowledged."""
        return self._waiting + super().waiting()

    def flush(self, timeout_s: float) -> None:
        """Wait for both."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting == 0, timeout_s)
        super().flush(timeout_s)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue)
                values, self._queue = self._queue, []
            self._write([_row(json.loads(value)) for value in values])
            with self._changed:
                self._waiting -= len(values)
                self._changed.notify_all()

    def _write(self, rows: Sequence[tuple[Any, ...]]) -> None:
        places = ", ".join(["%s"] * len(_COLUMNS))
        named = ", ".join(f"`{name}`" for name in _COLUMNS)
        with self._connection.cursor() as cursor:
            cursor.executemany(f"REPLACE INTO betpnl_ledger.bet ({named}) VALUES ({places})", rows)
        self._connection.commit()


def _row(bet: dict[str, Any]) -> tuple[Any, ...]:
    bet |= bet.get("cash_out", {})
    bet["accepted_at"] = bet["accepted_at"].removesuffix("Z").replace("T", " ")
    for name in ("legs", "system"):
        bet[name] = json.dumps(bet[name]) if name in bet else None
    return tuple(bet.get(name) for name in _COLUMNS)
