"""From the log and the stored scores to what every table and view must say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from betpnl.contract.checks import Rules
from betpnl.contract.currencies import minor_units
from betpnl.verify import feeds, views
from betpnl.verify.book import Book
from betpnl.verify.history import History, Message
from betpnl.verify.tables import Rows
from betpnl.verify.valuation import NO_SCORE, Score, bet_row, value_of, version_row

Scores = Mapping[tuple[str, int], Score]
"""The stored score of a bet's version, by bet and age; age 1 is the newest."""


def tables_beside_bets(history: History, book: Book) -> dict[str, Rows]:
    """Every table and view but ``bet`` and ``bet_version``, once all bets are posted."""
    tables = {
        **book.tables(),
        "selection_result": feeds.selection_result(history.results()),
        "selection_price": feeds.selection_price(history.odds()),
        "game": feeds.game(history.games()),
        "fx_rate": feeds.fx_rate(history.rates()),
        "market_cancel": feeds.market_cancel(history.cancels()),
        "bet_reject": history.rejects,
    }
    tables["game_pnl"] = views.game_pnl(
        tables["game_placed"], tables["game_settled"], tables["game_ticket_settled"]
    )
    sports = {game.game_id: game.sport for game in history.games()}
    tables["sport_pnl"] = views.sport_pnl(tables["game_pnl"], sports)
    return tables


def expected_tables(messages: Iterable[Message], scores: Scores, rules: Rules) -> dict[str, Rows]:
    """All tables and views, by name and key, for a log that fits in memory several times.

    A version without a score counts with probability 0. The command does the same bet by bet.
    """
    history = History(rules)
    history.add_all(messages)
    base_minor = minor_units(rules.base_currency)
    book = Book(history.results(), base_minor, history.references)
    bets: Rows = {}
    versions: Rows = {}
    for bet_id in history.bet_ids():
        bet = history.bet(bet_id)
        if bet is not None:
            score = scores.get((bet_id, 1), NO_SCORE)
            value = value_of(bet, score, base_minor)
            bets[bet_id,] = bet_row(bet, score, value)
            book.post(bet, score, value)
    for bet_id, age in history.replaced_ids():
        record = history.replaced(bet_id, age)
        if record is not None:
            old = history.references.truth(record)
            score = scores.get((bet_id, age), NO_SCORE)
            value = value_of(old, score, base_minor)
            versions[bet_id, age] = version_row(old, age, score, value)
    return {"bet": bets, "bet_version": versions, **tables_beside_bets(history, book)}
