"""From a batch of messages of the quieter topics to what Flink reads of them.

The order of a row's fields is that of sql/41_newest_result.sql and those after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from betpnl import pnl
from betpnl.contract.checks import Rules
from betpnl.contract.reading import Reader, Rejected, excerpt, reader
from betpnl.contract.records import FxRate, Game, MarketCancel, MarketOdds, Result
from betpnl.contract.texts import epoch_ms
from betpnl.contract.topics import BETS, FX_RATES, GAMES, MARKET_CANCELS, ODDS, RESULTS, TOPICS
from betpnl.model.features import OVERROUND_MAX
from betpnl.packing import ROW, number, pack

Row = list[str | None]
_OVERROUND_MAX = Decimal(str(OVERROUND_MAX))


def _time(value: datetime | None) -> str | None:
    return None if value is None else str(epoch_ms(value))


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)


def _result_row(result: Result) -> Row:
    winners, tied = result.dead_heat or (1, 1)
    return [
        None,
        result.game_id,
        result.market,
        result.line,
        result.selection,
        str(result.version),
        result.status,
        result.result,
        str(winners),
        str(tied),
        result.certainty,
        _time(result.settled_at),
    ]


def margin_free(prices: dict[str, Decimal]) -> dict[str, Decimal]:
    """Probability of each selection of a market, the margin taken off in proportion.

    Of a market in which more than one wins, 1/odds: how much of it is margin nobody can tell.
    prices: decimal odds > 1 by selection. To 8 decimals.
    """
    inverse = {name: pnl.EXACT.divide(Decimal(1), odds) for name, odds in prices.items()}
    total = sum(inverse.values(), Decimal(0))
    if total > _OVERROUND_MAX:
        total = Decimal(1)
    return {
        name: pnl.round_half_up(pnl.EXACT.divide(share, total), pnl.PROBABILITY_DECIMALS)
        for name, share in inverse.items()
    }


def _odds_row(odds: MarketOdds) -> Row:
    free = margin_free(odds.prices)
    return [
        None,
        odds.game_id,
        odds.market,
        odds.line,
        str(odds.version),
        _time(odds.at),
        pack(
            (
                pack((name, number(price), number(free[name])))
                for name, price in odds.prices.items()
            ),
            ROW,
        ),
    ]


def _game_row(game: Game) -> Row:
    return [
        None,
        game.game_id,
        str(game.version),
        game.sport,
        game.competition,
        game.home,
        game.away,
        _time(game.starts_at),
        game.status,
        _text(game.minute),
        _text(game.score_home),
        _text(game.score_away),
    ]


def _rate_row(rate: FxRate) -> Row:
    return [
        None,
        rate.currency,
        _time(rate.valid_from),
        str(rate.version),
        number(rate.rate),
    ]


def _cancel_row(cancel: MarketCancel) -> Row:
    return [
        None,
        cancel.game_id,
        cancel.market,
        cancel.line,
        str(cancel.version),
        _time(cancel.from_),
        _time(cancel.to),
        cancel.status,
    ]


_ROWS: dict[str, Callable[[Any], Row]] = {
    RESULTS.name: _result_row,
    ODDS.name: _odds_row,
    GAMES.name: _game_row,
    FX_RATES.name: _rate_row,
    MARKET_CANCELS.name: _cancel_row,
}


class FeedRows:
    """Reads batches of every topic but the bets, under a deployment's rules."""

    def __init__(self, rules: Rules) -> None:
        self._readers: dict[str, Reader[Any]] = {
            topic.name: reader(topic, rules) for topic in TOPICS if topic is not BETS
        }

    def rows(
        self,
        topics: Iterable[str],
        messages: Iterable[bytes | None],
        arrived_s: Iterable[int],
    ) -> list[Row]:
        """A row for each message; ``arrived_s`` is its Kafka timestamp, seconds since 1970.

        A message that is no valid record gives [reason, excerpt].
        """
        return [
            self._row(topic, message, arrived)
            for topic, message, arrived in zip(topics, messages, arrived_s, strict=True)
        ]

    def _row(self, topic: str, message: bytes | None, arrived_s: int) -> Row:
        try:
            record = self._readers[topic].read(message, arrived_s * 1000)
        except Rejected as fault:
            return [str(fault), excerpt(message)]
        return _ROWS[topic](record)
