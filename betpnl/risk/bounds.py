"""The worst and the best that a game's open singles can still bring."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from betpnl import score_markets
from betpnl.pnl import Outcome
from betpnl.risk.grid import extremes
from betpnl.risk.positions import UNITS, Market, brings
from betpnl.score_markets import Score


class Bounds(NamedTuple):
    """In the base currency, 4 decimals. worst_score: a final score that does the worst to the
    markets that a score decides; None without such a market."""

    worst: Decimal
    best: Decimal
    worst_score: Score | None
    best_score: Score | None


def bounds(markets: Sequence[Market]) -> Bounds:
    """What a game's open markets can bring together.

    Markets that a final score decides are taken together, score by score. Every other market goes
    its own way: one of its selections wins, or none of them where others may be missing; of a
    market that is settled in part each selection goes its own way.
    """
    scored = [each for each in markets if each.whole and _is_scored(each)]
    worst = best = 0
    worst_score = best_score = None
    if scored:
        found = extremes(scored)
        worst, best = found.worst, found.best
        worst_score, best_score = found.worst_score, found.best_score
    for market in markets:
        if market in scored:
            continue
        low, high = _alone(market)
        worst += low
        best += high
    return Bounds(_amount(worst), _amount(best), worst_score, best_score)


def _is_scored(market: Market) -> bool:
    return market.market in score_markets.DEPENDS_ON and score_markets.decides(
        market.market, market.line, market.names
    )


def _alone(market: Market) -> tuple[int, int]:
    lost = [brings(each, Outcome.LOSE) for each in market.positions]
    won = [brings(each, Outcome.WIN) for each in market.positions]
    if not market.whole:
        each_way = [(min(pair), max(pair)) for pair in zip(won, lost, strict=True)]
        return sum(low for low, _ in each_way), sum(high for _, high in each_way)
    ways = [sum(lost) - one_lost + one_won for one_won, one_lost in zip(won, lost, strict=True)]
    if not market.complete:
        ways.append(sum(lost))
    return min(ways), max(ways)


def _amount(units: int) -> Decimal:
    return Decimal(units) / UNITS
