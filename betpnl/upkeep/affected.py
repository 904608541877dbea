"""Finds the bets that a rate or a cancel touches and that do not stand as they must."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from betpnl.contract.records import Adjustment, Bet, FxRate, MarketCancel
from betpnl.contract.texts import epoch_ms
from betpnl.rebuilding import COLUMNS, record_of
from betpnl.references.cancels import MarketKey, Period
from betpnl.references.resolve import References, is_called_off, number_of, rate_of

PAGE = 500
_EPOCH = datetime(1970, 1, 1)
_FIRST, _LAST = datetime(1900, 1, 1), datetime(9999, 12, 31)
_RATES = """
SELECT bet_id, accepted_at FROM bet_rate
WHERE currency = %(currency)s AND accepted_at < %(ends)s AND fx_rate <> %(rate)s
  AND (accepted_at, bet_id) > (%(after)s, %(bet_id)s) AND accepted_at >= %(begins)s
ORDER BY accepted_at, bet_id LIMIT %(page)s
"""
_SINGLES = """
SELECT bet_id, accepted_at FROM bet
WHERE game_id = %(game_id)s AND market = %(market)s AND line = %(line)s
  AND market_cancelled <> (%(active)s AND accepted_at >= %(begins)s AND accepted_at < %(ends)s)
  AND accepted_at >= %(after)s AND (accepted_at, bet_id) > (%(after)s, %(bet_id)s)
ORDER BY accepted_at, bet_id LIMIT %(page)s
"""
_TICKETS = """
SELECT DISTINCT b.bet_id, b.accepted_at FROM ticket_leg AS l JOIN bet AS b ON b.bet_id = l.bet_id
WHERE l.game_id = %(game_id)s AND l.market = %(market)s AND l.line = %(line)s
  AND b.market_cancelled
      <> (%(active)s AND l.accepted_at >= %(begins)s AND l.accepted_at < %(ends)s)
  AND l.accepted_at >= %(after)s AND (b.accepted_at, b.bet_id) > (%(after)s, %(bet_id)s)
ORDER BY b.accepted_at, b.bet_id LIMIT %(page)s
"""
_BETS = f"SELECT {COLUMNS} FROM bet WHERE bet_id IN %s"


def read_references(
    connection: Connection, since: datetime | None = None
) -> list[FxRate | MarketCancel]:
    """The rates and cancels that MySQL has, or those that changed since then."""
    found: list[FxRate | MarketCancel] = []
    moment = since or _FIRST
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(
            "SELECT currency, valid_from, version, rate FROM fx_rate WHERE updated_at >= %s",
            (moment,),
        )
        found += (
            FxRate(**{**row, "valid_from": row["valid_from"].replace(tzinfo=UTC)})
            for row in cursor.fetchall()
        )
        cursor.execute(
            "SELECT game_id, market, line, version, begins_at, ends_at, status "
            "FROM market_cancel WHERE updated_at >= %s",
            (moment,),
        )
        found += map(_cancel, cursor.fetchall())
    return found


def _cancel(row: dict[str, Any]) -> MarketCancel:
    begins, ends = (
        None if time is None else time.replace(tzinfo=UTC)
        for time in (row.pop("begins_at"), row.pop("ends_at"))
    )
    return MarketCancel(from_=begins, to=ends, **row)


def wrong_bets(
    connection: Connection, references: References, touched: FxRate | MarketCancel
) -> Iterator[Bet]:
    """The bets that a rate or cancel touches and that stand otherwise than they must, as they must.

    Each is the record with its next adjustment. Pages through them, so a market may have any
    number. Raises pymysql.MySQLError.
    """
    asked: dict[str, Any]
    if isinstance(touched, FxRate):
        begins_ms = epoch_ms(touched.valid_from)
        rate, ends_ms = references.rates.period(touched.currency, begins_ms)
        asked = {"currency": touched.currency, "rate": rate, **_bounds(Period(begins_ms, ends_ms))}
        yield from _pages(connection, references, _RATES, asked)
        return
    key: MarketKey = (touched.game_id, touched.market, touched.line)
    period = references.cancels.period(key)
    asked = {
        **dict(zip(("game_id", "market", "line"), key, strict=True)),
        "active": period is not None,
        **_bounds(period or Period(None, None)),
    }
    for query in (_SINGLES, _TICKETS):
        yield from _pages(connection, references, query, asked)


def first_wrong_bet(connection: Connection, base_currency: str) -> Bet | None:
    """Any bet that a rate or a cancel has still to change, None if there is none."""
    references = References(base_currency)
    touched = read_references(connection)
    references.add_all(touched)
    wrong = (bet for each in touched for bet in wrong_bets(connection, references, each))
    return next(wrong, None)


def _bounds(period: Period) -> dict[str, datetime]:
    return {
        "begins": _FIRST if period.begins_ms is None else _time(period.begins_ms),
        "ends": _LAST if period.ends_ms is None else _time(period.ends_ms),
    }


def _time(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)


def _pages(
    connection: Connection, references: References, query: str, asked: dict[str, Any]
) -> Iterator[Bet]:
    after, last_id = asked["begins"] if query is _RATES else _FIRST, ""
    while True:
        with connection.cursor(DictCursor) as cursor:
            cursor.execute(query, {**asked, "after": after, "bet_id": last_id, "page": PAGE})
            found = list(cursor.fetchall())
            if not found:
                return
            cursor.execute(_BETS, ([row["bet_id"] for row in found],))
            rows = list(cursor.fetchall())
        for row in rows:
            bet = record_of(row)
            must = _as_it_must(bet, references)
            if must is not None:
                yield must
        if len(found) < PAGE:
            return
        after, last_id = found[-1]["accepted_at"], found[-1]["bet_id"]


def _as_it_must(bet: Bet, references: References) -> Bet | None:
    """The bet with its next adjustment, None if it stands as it must."""
    truth = references.truth(bet)
    if (is_called_off(truth), rate_of(truth)) == (is_called_off(bet), rate_of(bet)):
        return None
    takes_rate = references.takes_rate(bet)
    adjustment = Adjustment(
        number=number_of(bet) + 1,
        cancelled=is_called_off(truth),
        fx_rate=(rate_of(truth) or None) if takes_rate else None,
    )
    return msgspec.structs.replace(bet, adjustment=adjustment)
