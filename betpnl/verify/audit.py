"""The audit itself: every table's rows, wherever they come from, against the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from betpnl.verify import scored, scores
from betpnl.verify.book import Book
from betpnl.verify.compare import Comparison, Report, Texts, compare
from betpnl.verify.expected import tables_beside_bets
from betpnl.verify.history import History
from betpnl.verify.prices import audit_prices
from betpnl.verify.rescore import Rescorer
from betpnl.verify.tables import BET, BET_VERSION, SELECTION_PRICE, TABLES, TICKET_LEG, VIEWS, Table
from betpnl.verify.valuation import (
    NO_SCORE,
    Score,
    as_it_came,
    bet_row,
    value_of,
    version_row,
)

Found = Callable[[Table], Iterable[Texts]]
"""The rows that MySQL has of a table, all values as text."""

_BET_COLUMNS = tuple(BET.columns)
_VERSION_COLUMNS = tuple(BET_VERSION.columns)
_P_WIN, _MODEL, _PREDICTED, _MARGIN = (
    _BET_COLUMNS.index(name) for name in ("p_win", "model_version", "predicted_win", "margin")
)
_LEG_P_WIN, _LEG_PREDICTED = (
    tuple(TICKET_LEG.columns).index(name) for name in ("p_win", "predicted_win")
)
_OLD_P_WIN, _OLD_MODEL, _OLD_RATE, _OLD_CALLED_OFF = (
    _VERSION_COLUMNS.index(name)
    for name in ("p_win", "model_version", "fx_rate", "market_cancelled")
)


def audit(
    history: History,
    found: Found,
    base_minor: int,
    *,
    examples_max: int = 20,
    rescorer: Rescorer | None = None,
) -> list[Report]:
    """A report for each table and view. base_minor: decimals of the base currency.

    Bets go by one at a time, so that a million of them need no more room than their messages.
    """
    book = Book(history.results(), base_minor, history.references)
    reports = {
        BET.name: _audit_bets(history, found, book, base_minor, examples_max, rescorer),
        BET_VERSION.name: _audit_versions(history, found, base_minor, examples_max),
    }
    expected = tables_beside_bets(history, book)
    for table in (*TABLES, *VIEWS):
        if table.name in reports:
            continue
        rows = expected[table.name]
        if table is SELECTION_PRICE:
            model = None if rescorer is None else rescorer.model
            report = audit_prices(history, rows, found(table), examples_max, model)
        else:
            there = scored.champions(table, found(table))
            report = compare(table, rows, there, examples_max)
        reports[table.name] = report
    ordered = [reports[table.name] for table in (*TABLES, *VIEWS)]
    return ordered if rescorer is None else [*ordered, rescorer.report()]


def _audit_bets(
    history: History,
    found: Found,
    book: Book,
    base_minor: int,
    examples_max: int,
    rescorer: Rescorer | None,
) -> Report:
    comparison = Comparison(BET, examples_max)
    seen: set[str] = set()
    legs = _legs(found)
    for texts in found(BET):
        bet = history.bet(texts[0])
        if bet is None or len(texts) != len(_BET_COLUMNS):
            comparison.found(None, texts)
            continue
        seen.add(bet.bet_id)
        score = Score(
            Decimal(texts[_P_WIN]),
            texts[_MODEL],
            texts[_PREDICTED] == "1",
            Decimal(texts[_MARGIN]),
            legs.get(bet.bet_id, ()),
        )
        value = value_of(bet, score, base_minor)
        comparison.found(bet_row(bet, score, value), texts, scores.faults(bet, score))
        book.post(bet, score, value)
        if rescorer is not None:
            rescorer.add(bet, score)
    for bet_id in history.bet_ids():
        if bet_id not in seen:
            comparison.missing((bet_id,))
            lost = history.bet(bet_id)
            if lost is not None:
                book.post(lost, NO_SCORE, value_of(lost, NO_SCORE, base_minor))
    return comparison.report


def _legs(found: Found) -> dict[str, list[tuple[Decimal, bool]]]:
    """What is stored of the legs of each ticket: the model's word, which no log has."""
    legs: dict[str, list[tuple[Decimal, bool]]] = {}
    for texts in found(TICKET_LEG):
        if len(texts) == len(TICKET_LEG.columns):
            chance = Decimal(texts[_LEG_P_WIN]), texts[_LEG_PREDICTED] == "1"
            legs.setdefault(texts[0], []).append(chance)
    return legs


def _audit_versions(history: History, found: Found, base_minor: int, examples_max: int) -> Report:
    comparison = Comparison(BET_VERSION, examples_max)
    left = set(history.replaced_ids())
    for texts in found(BET_VERSION):
        key = texts[0], int(texts[1])
        record = history.replaced(*key)
        if record is None or len(texts) != len(_VERSION_COLUMNS):
            comparison.found(None, texts)
            continue
        left.discard(key)
        bet = as_it_came(record, Decimal(texts[_OLD_RATE]), texts[_OLD_CALLED_OFF] == "1")
        score = Score(Decimal(texts[_OLD_P_WIN]), texts[_OLD_MODEL], False, scores.margin(bet))
        value = value_of(bet, score, base_minor)
        row = version_row(bet, key[1], score, value)
        comparison.found(row, texts, scores.faults(bet, score))
    for key in sorted(left):
        comparison.missing(key)
    return comparison.report
