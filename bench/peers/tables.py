"""How every peer writes to MySQL: batches of upserts, each one statement and one transaction."""

from __future__ import annotations

from collections.abc import Sequence

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
