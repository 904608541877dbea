"""How every peer writes to MySQL: batches of upserts, each one statement and one transaction."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from common import GAME, MINUTE, SELECTION
from pymysql.connections import Connection

from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack.resolve import mysql

BET = "bet"
KEYS = {BET: 1, GAME: 1, MINUTE: 2, SELECTION: 4}
"""The tables, and how many of their first columns are the key."""
COLUMNS: dict[str, tuple[str, ...]] = {
    BET: (
        "bet_id", "version", "status", "accepted_at", "customer_id", "channel", "region",
        "currency", "fx_rate", "stake", "stake_type", "bet_type", "leg_count", "game_id", "market",
        "line", "selection", "odds", "p_win", "model_version", "predicted_win", "margin", "handle",
        "bonus_handle", "handle_riding", "cash_out_handle", "cash_out_paid", "payout_win",
        "payout_half_win", "payout_half_lose", "expected_payout", "expected_pnl", "predicted_pnl",
        "theoretical_pnl", "cash_out_pnl", "legs", "terms", "adjustment", "market_cancelled",
    ),
    GAME: (
        "game_id", "bets", "riding_bets", "handle", "bonus_handle", "handle_riding",
        "cash_out_handle", "cash_out_paid", "expected_payout", "expected_pnl", "predicted_pnl",
        "theoretical_pnl", "cash_out_pnl",
    ),
    MINUTE: (
        "game_id", "minute", "bets", "handle", "expected_pnl", "predicted_pnl", "theoretical_pnl",
        "cash_out_pnl",
    ),
    SELECTION: (
        "game_id", "market", "line", "selection", "bets", "handle_riding", "expected_payout",
        "payout_win", "payout_half_win", "payout_half_lose",
    ),
}  # fmt: skip

ROWS_WAITING_MAX = 20_000

Row = Sequence[str | int]


def upsert(table: str, *, adds: bool = False) -> str:
    """The statement for `executemany`. adds: to what stands there, where that is a sum."""
    columns, keys = COLUMNS[table], KEYS[table]
    names = ", ".join(f"`{column}`" for column in columns)
    places = ", ".join(["%s"] * len(columns))
    before = f"`{table}`.`{{0}}` + " if adds else ""
    update = ", ".join(f"`{{0}}` = {before}new.`{{0}}`".format(name) for name in columns[keys:])
    return (
        f"INSERT INTO `{table}` ({names}) VALUES ({places}) AS new ON DUPLICATE KEY UPDATE {update}"
    )


def connected(settings: Settings) -> Connection:
    """A connection of the stack's MySQL. Raises UserError."""
    return connect(mysql(settings))


class Upserts:
    """Writes rows of one table over a connection of its own."""

    def __init__(self, settings: Settings, table: str) -> None:
        self._connection = connected(settings)
        self._statement = upsert(table)
        self._key = KEYS[table]

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows, of each key the last, as pymysql makes one statement of them."""
        newest = {tuple(row[: self._key]): row for row in rows}
        if newest:
            with self._connection.cursor() as cursor:
                cursor.executemany(self._statement, [newest[key] for key in sorted(newest)])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def as_it_is(key: Any, row: Any) -> Row:
    """The row itself, where it was put with its key."""
    del key
    written: Row = row
    return written


class Background:
    """Writes one table in a thread of its own, so that nobody waits for MySQL's disk.

    interval_s: between two writes. row: makes what is written of a key and what was put there.
    """

    def __init__(
        self,
        settings: Settings,
        table: str,
        interval_s: float,
        row: Callable[[Any, Any], Row] = as_it_is,
    ) -> None:
        self._upserts, self._interval_s, self._row = Upserts(settings, table), interval_s, row
        self._changed = threading.Condition()
        self._waiting: dict[Any, Any] = {}
        self._writing = self._drained = False
        self._failure: BaseException | None = None
        threading.Thread(target=self._run, name=table, daemon=True).start()

    def put(self, rows: Mapping[Any, Any]) -> None:
        """Have rows written, of each key the last. Waits while too many do; raises what failed."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._failure or len(self._waiting) < ROWS_WAITING_MAX
            )  # fmt: skip
            self._raise()
            self._waiting.update(rows)
            self._changed.notify_all()

    def drain(self) -> None:
        """Return when all that was put is in MySQL; raises what failed."""
        with self._changed:
            self._drained = True
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self._failure or not (self._waiting or self._writing)
            )  # fmt: skip
            self._drained = False
            self._raise()

    def _raise(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            while True:
                self._write()
        except BaseException as failure:
            with self._changed:
                self._failure = failure
                self._changed.notify_all()

    def _write(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            rows, self._waiting, self._writing = self._waiting, {}, True
        due_s = time.monotonic() + self._interval_s
        self._upserts.write([self._row(key, row) for key, row in rows.items()])
        with self._changed:
            self._writing = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._drained, max(0.0, due_s - time.monotonic()))
