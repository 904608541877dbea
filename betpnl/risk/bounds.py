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

ONE_WINNER = frozenset(
    (
        *("match_result", "moneyline", "correct_score", "winning_margin"),
        *("half_time_result", "half_time_full_time", "half_time_correct_score"),
        *("winner", "outright", "win", "race_winner", "set_betting", "method_of_victory"),
        *("first_scorer", "last_scorer", "next_goal"),
    )
)
"""Markets in which one selection at most wins, by their name."""

_OPPOSITES = (
    frozenset(("over", "under")),
    frozenset(("yes", "no")),
    frozenset(("odd", "even")),
)


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
    its own way: one of its selections wins, or none of them where others may be missing. Of a
    market in which several may win, as far as its name tells, and of one that is settled in part,
    each selection goes its own way.
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
    if not (market.whole and _has_one_winner(market)):
        each_way = [(min(pair), max(pair)) for pair in zip(won, lost, strict=True)]
        return sum(low for low, _ in each_way), sum(high for _, high in each_way)
    ways = [sum(lost) - one_lost + one_won for one_won, one_lost in zip(won, lost, strict=True)]
    if not market.complete:
        ways.append(sum(lost))
    return min(ways), max(ways)


def _has_one_winner(market: Market) -> bool:
    return market.market in ONE_WINNER or any(market.names <= each for each in _OPPOSITES)


def _amount(units: int) -> Decimal:
    return Decimal(units) / UNITS
