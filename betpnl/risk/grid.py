"""Markets that a final score decides, put together: what every score would bring.

What a score decides depends on its total, on its difference, on whether both sides have scored,
or on the score itself (`score_markets.DEPENDS_ON`). Between two lines nothing changes, so the
totals and differences around each line, and beyond the last, stand for all of them: the grid is
exact though it is small.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from betpnl import score_markets
from betpnl.pnl import Outcome
from betpnl.risk.positions import Market, Position, brings
from betpnl.score_markets import Score

_SCORE = re.compile(r"[0-9]{1,3}", re.ASCII)
# Sums of whole numbers below it fit into 64 bits whatever is added to what.
_SMALL = 2**58

Amounts = NDArray[Any]


class Extremes(NamedTuple):
    """The least and the most, in 0.0001 of the base currency, and a score that brings each."""

    worst: int
    best: int
    worst_score: Score
    best_score: Score


def extremes(markets: Sequence[Market]) -> Extremes:
    """What these markets bring together at worst and at best, over all final scores.

    All of them must be of those that a score decides.
    """
    steps = np.array(_steps(markets))
    totals, differences = steps, np.concatenate((-steps[:0:-1], steps))
    home = (totals[:, None] + differences[None, :]) // 2
    possible = (np.abs(differences)[None, :] <= totals[:, None]) & (
        (totals[:, None] + differences[None, :]) % 2 == 0
    )
    amounts: list[tuple[Market, Position, dict[Outcome | None, int]]] = [
        (market, position, {outcome: brings(position, outcome) for outcome in Outcome})
        for market in markets
        for position in market.positions
    ]
    most = sum(max(map(abs, brought.values())) for _, _, brought in amounts)
    low, high = (
        _Sums(totals, differences, np.int64 if most < _SMALL else object) for _ in range(2)
    )
    for market, position, brought in amounts:
        either = brought[Outcome.WIN], brought[Outcome.LOSE]
        low.add(market, position, {**brought, None: min(either)})
        high.add(market, position, {**brought, None: max(either)})
    worst, best = low.grid(), high.grid()
    at_worst = _first(np.where(possible, worst, worst.max() + 1), np.argmin)
    at_best = _first(np.where(possible, best, best.min() - 1), np.argmax)

    def score(place: tuple[int, int]) -> Score:
        side = int(home[place])
        return Score(side, int(totals[place[0]]) - side)

    return Extremes(int(worst[at_worst]), int(best[at_best]), score(at_worst), score(at_best))


def _first(grid: Amounts, pick: Callable[[Amounts], Any]) -> tuple[int, int]:
    row, column = np.unravel_index(int(pick(grid)), grid.shape)
    return int(row), int(column)


def _steps(markets: Iterable[Market]) -> list[int]:
    """Totals, and differences of either side, that stand for all: two around each number named,
    and two beyond the last, one odd and one even."""
    named = {0}
    for market in markets:
        texts = [market.line] if market.line else []
        if score_markets.DEPENDS_ON[market.market] == "score":
            # A score that is named has a total and a difference.
            for name in market.names:
                sides = [int(text) for text in _SCORE.findall(name)]
                named |= {sum(sides), abs(sides[0] - sides[-1])} if sides else set()
        named |= {abs(int(Decimal(text))) for text in texts}
    near = {number + step for number in named for step in range(-2, 3)}
    last = max(near)
    return sorted(step for step in near | {last + 1, last + 2} if step >= 0)


# Games of one sport have the same markets and lines, again and again.
@lru_cache(maxsize=50_000)
def _outcomes(
    market: str, line: str, selection: str, names: frozenset[str], scores: tuple[Score, ...]
) -> tuple[Outcome | None, ...]:
    return tuple(score_markets.decide(market, line, selection, names, each) for each in scores)


_SCORED = (Score(0, 0), Score(1, 1))
# Far from every score that is named.
_ELSEWHERE = Score(999_999, 999_999)


class _Sums:
    """Adds up what each score brings."""

    def __init__(self, totals: NDArray[Any], differences: NDArray[Any], kind: type) -> None:
        self._totals, self._differences = totals, differences
        self._with_total = tuple(Score(int(total), 0) for total in totals)
        self._with_difference = tuple(
            Score(max(0, int(ahead)), max(0, -int(ahead))) for ahead in differences
        )
        self._by_total: Amounts = np.zeros(len(totals), dtype=kind)
        self._by_difference: Amounts = np.zeros(len(differences), dtype=kind)
        self._by_scored: Amounts = np.zeros(2, dtype=kind)
        self._cells: dict[Score, int] = {}
        self._elsewhere = 0
        self._kind = kind

    def add(
        self, market: Market, position: Position, by_outcome: Mapping[Outcome | None, int]
    ) -> None:
        """Add a position, by what it brings by each outcome; None is what a score leaves open."""

        def each(scores: tuple[Score, ...]) -> list[int]:
            outcomes = _outcomes(
                market.market, market.line, position.selection, market.names, scores
            )
            return [by_outcome[outcome] for outcome in outcomes]

        match score_markets.DEPENDS_ON[market.market]:
            case "total":
                self._by_total += np.array(each(self._with_total), dtype=self._kind)
            case "difference":
                self._by_difference += np.array(each(self._with_difference), dtype=self._kind)
            case "both scored":
                self._by_scored += np.array(each(_SCORED), dtype=self._kind)
            case _:
                named = [int(text) for text in _SCORE.findall(position.selection)]
                (other,) = each((_ELSEWHERE,))
                self._elsewhere += other
                if len(named) == 2:
                    score = Score(named[0], named[1])
                    (there,) = each((score,))
                    self._cells[score] = self._cells.get(score, 0) + there - other

    def grid(self) -> Amounts:
        """By total and difference."""
        totals, differences = self._totals[:, None], self._differences[None, :]
        scored = (np.abs(differences) < totals).astype(np.int64)
        whole: Amounts = (
            self._by_total[:, None]
            + self._by_difference[None, :]
            + self._by_scored[scored]
            + self._elsewhere
        )
        for score, amount in self._cells.items():
            row = int(np.searchsorted(self._totals, score.total))
            column = int(np.searchsorted(self._differences, score.difference))
            whole[row, column] += amount
        return whole
