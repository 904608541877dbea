"""Holds the marks of the open book against the prices and games of the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from betpnl.contract.records import Game, MarketOdds
from betpnl.contract.texts import epoch_ms
from betpnl.marking import Moment, mark_market
from betpnl.model.outcome import FALLBACK_VERSION
from betpnl.model.scoring import Model
from betpnl.packing import FIELD, ROW, number, pack
from betpnl.verify.compare import Comparison, Fault, Report, Texts
from betpnl.verify.history import History
from betpnl.verify.scores import TOLERANCE
from betpnl.verify.tables import SELECTION_PRICE, Key, Rows

_COLUMNS = tuple(SELECTION_PRICE.columns)
_PROBABILITY, _MODEL = (_COLUMNS.index(name) for name in ("probability", "model_version"))


def audit_prices(
    history: History,
    expected: Rows,
    found: Iterable[Texts],
    examples_max: int,
    model: Model | None = None,
) -> Report:
    """How ``selection_price`` stands. expected: of `feeds.selection_price`.

    Where a model scored, its probability is taken as stored if it can be one; with that very
    model at hand it is worked out again from the newest prices and the newest game.
    """
    comparison = Comparison(SELECTION_PRICE, examples_max)
    again = {} if model is None else dict(_marks(history, model))
    left = dict(expected)
    for texts in found:
        whole = len(texts) == len(_COLUMNS)
        row = left.pop(comparison.key_of(texts), None) if whole else None
        if row is None or texts[_MODEL] == FALLBACK_VERSION:
            comparison.found(row, texts)
            continue
        stored = Decimal(texts[_PROBABILITY])
        faults = list(_faults(stored, texts[_MODEL]))
        if model is not None and texts[_MODEL] == model.version:
            said = again[row[:4]]
            if abs(said - stored) > TOLERANCE:
                faults.append(("probability", str(said), str(stored)))
        as_stored = (*row[:_PROBABILITY], stored, texts[_MODEL], *row[_MODEL + 1 :])
        comparison.found(as_stored, texts, faults)
    for key in left:
        comparison.missing(key)
    return comparison.report


def _faults(probability: Decimal, model_version: str) -> Iterator[Fault]:
    if not 0 < probability < 1:
        yield "probability", "above 0 and below 1", str(probability)
    if not model_version:
        yield "model_version", "a name", "''"


def _marks(history: History, model: Model) -> Iterator[tuple[Key, Decimal]]:
    games = {game.game_id: game for game in history.games()}
    for market in history.odds():
        prices = pack((pack((name, number(odds), "")) for name, odds in market.prices.items()), ROW)
        if not prices:
            continue
        moment = _moment(market, games.get(market.game_id))
        for row in mark_market(model, prices, moment.packed()).split(ROW):
            name, _, probability, version = row.split(FIELD)
            key = market.game_id, market.market, market.line, name
            # Where it cannot score all of the market nobody may say that it did.
            yield key, Decimal(probability) if version == model.version else Decimal(-1)


def _moment(market: MarketOdds, game: Game | None) -> Moment:
    priced_ms = epoch_ms(market.at)
    if game is None:
        return Moment(market.market, market.line, priced_ms, "", "", None, None, None, None)
    return Moment(
        market.market,
        market.line,
        priced_ms,
        game.sport,
        game.status,
        None if game.starts_at is None else epoch_ms(game.starts_at),
        game.minute,
        game.score_home,
        game.score_away,
    )
