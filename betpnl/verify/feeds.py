"""The rows of results, prices and games, which no sum enters."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from betpnl import pnl
from betpnl.contract.records import FxRate, Game, MarketCancel, MarketOdds, Result
from betpnl.model.outcome import FALLBACK_VERSION
from betpnl.verify.history import mysql_time
from betpnl.verify.scores import OVERROUND_MAX
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


def probability(odds: Decimal, overround: Fraction) -> Decimal:
    """The margin-free probability of a price, to 8 decimals. overround: sum of 1/odds, exact.

    1/odds where the market has more winners than one.
    """
    exact = 1 / Fraction(odds) / (1 if overround > Fraction(OVERROUND_MAX) else overround)
    quotient = pnl.EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return pnl.round_half_up(quotient, pnl.PROBABILITY_DECIMALS)


def selection_price(odds: Iterable[MarketOdds]) -> Rows:
    """Table ``selection_price``: a row a selection of each market's newest prices.

    As if no model could score it: which one did, and what it said, only the table knows.
    """
    rows: Rows = {}
    for market in odds:
        overround = sum((1 / Fraction(price) for price in market.prices.values()), Fraction(0))
        for selection, price in market.prices.items():
            key = market.game_id, market.market, market.line, selection
            free = probability(price, overround)
            at = mysql_time(market.at)
            rows[key] = (*key, market.version, price, free, FALLBACK_VERSION, at)
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
