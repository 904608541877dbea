"""PNL by sport, competition, market, channel, region, currency, or by several of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal, get_args

from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from betpnl.api.pnl import games
from betpnl.api.pnl.answers import Breakdown, BreakdownAnswer, plain, time_text

Dimension = Literal["sport", "competition", "market", "channel", "region", "currency"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
_COUNTS = ("bets", "settled_bets", "open_bets")
_AMOUNTS = (
    *("handle", "bonus_handle", "settled_handle", "open_handle", "payout", "cash_out_pnl"),
    *("expected_pnl", "theoretical_pnl", "realised_pnl", "open_expected_pnl", "total_pnl"),
)
_SUMS = ", ".join(f"SUM({name}) AS {name}" for name in (*_COUNTS, *_AMOUNTS))
_SHARE = Decimal("0.000001")


def breakdown(connection: Connection, by: Sequence[Dimension], limit: int) -> BreakdownAnswer:
    """The sums of each value of ``by``, or of each mix of values, the largest handle first.

    limit: rows at most. Raises pymysql.MySQLError.
    """
    assert set(by) <= set(DIMENSIONS)
    as_of = games.now(connection)
    names = ", ".join(f"`{name}`" for name in by)
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(
            f"SELECT {names}, {_SUMS} FROM segment_pnl GROUP BY {names} "
            f"ORDER BY SUM(handle) DESC, {names} LIMIT %s",
            (limit + 1,),
        )
        rows = list(cursor.fetchall())
    return BreakdownAnswer(
        as_of=time_text(as_of),
        by=list(by),
        rows=[_row(row, by) for row in rows[:limit]],
        more=len(rows) > limit,
    )


def _row(row: dict[str, Any], by: Sequence[str]) -> Breakdown:
    # MySQL adds whole numbers up to a decimal.
    bets, settled_bets, open_bets = (int(row[name]) for name in _COUNTS)
    kept = row["settled_handle"] - row["payout"]
    return Breakdown(
        values={name: row[name] for name in by},
        bets=bets,
        settled_bets=settled_bets,
        open_bets=open_bets,
        **plain({name: row[name] for name in _AMOUNTS}),
        margin=_share(row["theoretical_pnl"], row["handle"]),
        hold=_share(kept, row["settled_handle"]),
    )


def _share(part: Decimal, whole: Decimal) -> str | None:
    return f"{(part / whole).quantize(_SHARE):f}" if whole else None
