"""One game with its markets, from MySQL."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import groupby
from typing import Any

from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from betpnl import pnl
from betpnl.api.pnl import games
from betpnl.api.pnl.answers import (
    GameAnswer,
    GameMark,
    MarketPnl,
    SelectionPnl,
    decimal_text,
    plain,
    time_text,
)

_ZERO = Decimal(0)
_SELECTIONS = """
SELECT
    x.market, x.line, x.selection,
    p.odds, p.probability, p.priced_at,
    COALESCE(b.bets, 0)             AS bets,
    COALESCE(b.handle_riding, 0)    AS handle_riding,
    COALESCE(b.expected_payout, 0)  AS expected_payout,
    COALESCE(b.payout_win, 0)       AS payout_win,
    COALESCE(b.payout_half_win, 0)  AS payout_half_win,
    COALESCE(b.payout_half_lose, 0) AS payout_half_lose,
    COALESCE(t.tickets, 0)          AS tickets,
    COALESCE(t.handle_riding, 0)    AS tickets_handle_riding,
    COALESCE(t.payout_win, 0)       AS tickets_payout_win,
    r.result, r.dead_heat_winners, r.dead_heat_tied, r.settled_at
FROM (
    SELECT market, line, selection FROM selection_book WHERE game_id = %(game_id)s
    UNION
    SELECT market, line, selection FROM selection_price WHERE game_id = %(game_id)s
    UNION
    SELECT market, line, selection FROM selection_ticket WHERE game_id = %(game_id)s
) AS x
LEFT JOIN selection_book AS b
    ON b.game_id = %(game_id)s AND b.market = x.market AND b.line = x.line
   AND b.selection = x.selection
LEFT JOIN selection_price AS p
    ON p.game_id = %(game_id)s AND p.market = x.market AND p.line = x.line
   AND p.selection = x.selection
LEFT JOIN selection_riding AS t
    ON t.game_id = %(game_id)s AND t.market = x.market AND t.line = x.line
   AND t.selection = x.selection
LEFT JOIN selection_result AS r
    ON r.game_id = %(game_id)s AND r.market = x.market AND r.line = x.line
   AND r.selection = x.selection AND r.status = 'settled'
ORDER BY x.market, x.line, x.selection
"""
# Asked by itself: in a join MySQL would work it out for every game.
_EXPOSURE = """
SELECT market, line, selection, pnl_if_win, worst_case, best_case, liability
FROM game_exposure
WHERE game_id = %(game_id)s
"""
_MARK = """
SELECT price_moves, result_moves, marked_pnl, open_marked_pnl, marked_handle
FROM game_mark
WHERE game_id = %(game_id)s
"""
_SETTLED = dict.fromkeys(("pnl_if_win", "worst_case", "best_case", "liability"))


def game(connection: Connection, game_id: str, base_minor: int) -> GameAnswer | None:
    """A game with its markets; None if nobody ever bet on it.

    base_minor: decimals of the base currency. Raises pymysql.MySQLError.
    """
    as_of = games.now(connection)
    lines = games.lines_of(connection, [game_id])
    if not lines:
        return None
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(_EXPOSURE, {"game_id": game_id})
        exposed = {(row["market"], row["line"], row["selection"]): row for row in cursor.fetchall()}
        cursor.execute(_MARK, {"game_id": game_id})
        mark = cursor.fetchone()
        if mark is None:
            return None
        cursor.execute(_SELECTIONS, {"game_id": game_id})
        rows = [
            {**row, **exposed.get((row["market"], row["line"], row["selection"]), _SETTLED)}
            for row in cursor.fetchall()
        ]
    return GameAnswer(
        as_of=time_text(as_of),
        game=games.games(connection, lines)[0],
        mark=GameMark(**plain(mark)),
        markets=[
            _market(market, line, list(group), base_minor)
            for (market, line), group in groupby(rows, lambda row: (row["market"], row["line"]))
        ],
    )


def _market(market: str, line: str, rows: list[dict[str, Any]], base_minor: int) -> MarketPnl:
    payouts = [_payout(row, base_minor) for row in rows]
    realised = sum(
        (
            row["handle_riding"] - payout
            for row, payout in zip(rows, payouts, strict=True)
            if payout is not None
        ),
        _ZERO,
    )
    # The same in all rows that are open; none is, once everything has its result.
    whole: dict[str, Any] = next((row for row in rows if row["result"] is None), {})
    return MarketPnl(
        market=market,
        line=line,
        handle_riding=_sum(row["handle_riding"] for row in rows),
        realised_pnl=decimal_text(realised),
        worst_case=_text(whole.get("worst_case")),
        best_case=_text(whole.get("best_case")),
        liability=decimal_text(whole.get("liability", _ZERO)),
        selections=[_selection(row, payout) for row, payout in zip(rows, payouts, strict=True)],
    )


def _selection(row: dict[str, Any], payout: Decimal | None) -> SelectionPnl:
    names = ("selection", "odds", "probability", "priced_at", "bets", "handle_riding")
    payouts = ("expected_payout", "payout_win", "payout_half_win", "payout_half_lose")
    riding = ("tickets", "tickets_handle_riding", "tickets_payout_win")
    shown = (*names, *payouts, *riding, "result", "settled_at", "pnl_if_win")
    return SelectionPnl(
        **plain({name: row[name] for name in shown}),
        dead_heat=dead_heat(row),
        payout=_text(payout),
    )


def dead_heat(row: dict[str, Any]) -> list[int] | None:
    """n and d of a shared win; None without one."""
    winners, tied = row["dead_heat_winners"], row["dead_heat_tied"]
    return None if winners is None or winners == tied else [winners, tied]


def _payout(row: dict[str, Any], base_minor: int) -> Decimal | None:
    """What the singles on a selection pay by its result, as game_settled adds it up."""
    if row["result"] is None:
        return None
    sums = pnl.SelectionSums(
        row["handle_riding"],
        row["payout_win"],
        row["payout_half_win"],
        row["payout_half_lose"],
    )
    shared = row["dead_heat_winners"], row["dead_heat_tied"]
    return pnl.selection_payout(sums, pnl.LegResult(pnl.Outcome(row["result"]), shared), base_minor)


def _sum(amounts: Iterable[Decimal]) -> str:
    return decimal_text(sum(amounts, _ZERO))


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else decimal_text(amount)
