"""The rows of results, prices and games, which no sum enters."""

from __future__ import annotations

from collections.abc import Iterable

from betpnl.contract.records import FxRate, Game, MarketCancel, MarketOdds, Result
from betpnl.verify.history import mysql_time
from betpnl.verify.tables import Rows


def selection_result(results: Iterable[Result]) -> Rows:
    """Table ``selection_result``: an undone result keeps its row."""
    rows: Rows = {}
    for result in results:
        key = result.game_id, result.market, result.line, result.selection
        winners, tied = (1, 1) if result.dead_heat is None else result.dead_heat
        rows[key] = (
            *key,
            result.version,
            result.status,
            result.result,
            winners,
            tied,
            result.certainty,
            mysql_time(result.settled_at),
        )
    return rows


def selection_price(odds: Iterable[MarketOdds]) -> Rows:
    """Table ``selection_price``: a row a selection of each market's newest prices.

    Their probabilities are left out: no log says which model was live.
    """
    rows: Rows = {}
    for market in odds:
        for selection, price in market.prices.items():
            key = market.game_id, market.market, market.line, selection
            rows[key] = (*key, market.version, price, mysql_time(market.at))
    return rows


def game(games: Iterable[Game]) -> Rows:
    """Table ``game``."""
    return {
        (each.game_id,): (
            each.game_id,
            each.version,
            each.sport,
            each.competition,
            each.home,
            each.away,
            mysql_time(each.starts_at),
            each.status,
            each.minute,
            each.score_home,
            each.score_away,
        )
        for each in games
    }


def fx_rate(rates: Iterable[FxRate]) -> Rows:
    """Table ``fx_rate``."""
    rows: Rows = {}
    for rate in rates:
        key = rate.currency, mysql_time(rate.valid_from)
        rows[key] = (*key, rate.version, rate.rate)
    return rows


def market_cancel(cancels: Iterable[MarketCancel]) -> Rows:
    """Table ``market_cancel``: one that was taken back keeps its row."""
    rows: Rows = {}
    for cancel in cancels:
        key = cancel.game_id, cancel.market, cancel.line
        begins, ends = mysql_time(cancel.from_), mysql_time(cancel.to)
        rows[key] = (*key, cancel.version, begins, ends, cancel.status)
    return rows
