"""What a game would bring if it ended as chosen: its singles, selection by selection.

Money is in the base currency, PNL the operator's. What has its result keeps it, whatever is
chosen. What is chosen is settled as the job would. The rest stands at its mean, and beside it
what it brings at worst and at best.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from betpnl import pnl, score_markets
from betpnl.pnl import LegResult, Outcome, SelectionSums
from betpnl.risk import positions as risk
from betpnl.risk.bounds import bounds
from betpnl.score_markets import Score


class Market(NamedTuple):
    """A market of a game. line: '' where it has none."""

    name: str
    line: str


class Key(NamedTuple):
    """A selection of a market."""

    market: Market
    selection: str


@dataclass(frozen=True)
class Selection:
    """A selection with its singles. result: None while it is open. priced: it has a price."""

    key: Key
    bets: int
    sums: SelectionSums
    expected_payout: Decimal
    result: LegResult | None
    priced: bool = True

    @property
    def mean(self) -> Decimal:
        """What it brings on average."""
        return self.sums.handle_riding - self.expected_payout

    def pnl(self, result: LegResult, base_minor: int) -> Decimal:
        """What it brings by a result."""
        payout = pnl.selection_payout(self.sums, result, base_minor)
        return self.sums.handle_riding - payout


@dataclass(frozen=True)
class Choice:
    """How a game might end. winners: by market; in theirs they count, not the score."""

    score: Score | None = None
    winners: Mapping[Market, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.score is not None or bool(self.winners)


@dataclass(frozen=True)
class WhatIf:
    """What a choice brings.

    settled: what results brought, and whatever else is realised on the game. decided: the open
    singles that the choice decides. at_mean: the other open singles; worst, best: what they can
    bring. outcomes: of what the choice decides. left: the markets with anything at its mean.
    unknown: winners that were chosen and are no open selection of the game.
    """

    settled: Decimal
    decided: Decimal
    at_mean: Decimal
    at_worst: Decimal
    at_best: Decimal
    outcomes: Mapping[Key, Outcome]
    left: Sequence[Market]
    unknown: Sequence[Key]

    @property
    def pnl(self) -> Decimal:
        """All of it, with the mean of what is not decided."""
        return self.settled + self.decided + self.at_mean

    @property
    def worst(self) -> Decimal:
        """All of it, with the worst of what is not decided."""
        return self.settled + self.decided + self.at_worst

    @property
    def best(self) -> Decimal:
        """All of it, with the best of what is not decided."""
        return self.settled + self.decided + self.at_best


def what_if(
    selections: Iterable[Selection], realised_aside: Decimal, choice: Choice, base_minor: int
) -> WhatIf:
    """What a choice brings.

    selections: all of one game. realised_aside: what the game realised beside its singles'
    results: cash-outs and tickets. base_minor: decimals of the base currency.
    """
    settled, decided, at_mean = realised_aside, pnl.ZERO, pnl.ZERO
    open_markets: list[risk.Market] = []
    outcomes: dict[Key, Outcome] = {}
    left: list[Market] = []
    unknown = {Key(market, winner) for market, winner in choice.winners.items()}
    for market, rows in by_market(selections).items():
        names = frozenset(row.key.selection for row in rows)
        is_open = [row for row in rows if row.result is None]
        winner = _open_winner(choice.winners.get(market), is_open)
        if winner is not None:
            unknown.discard(Key(market, winner))
        undecided = []
        for row in rows:
            if row.result is not None:
                settled += row.pnl(row.result, base_minor)
                continue
            outcome = _outcome(row.key, names, winner, choice.score)
            if outcome is None:
                undecided.append(row)
                continue
            outcomes[row.key] = outcome
            decided += row.pnl(LegResult(outcome), base_minor)
        if undecided:
            left.append(market)
            at_mean += sum((row.mean for row in undecided), pnl.ZERO)
            open_markets.append(_open_market(market, names, undecided, len(rows)))
    together = bounds(open_markets)
    return WhatIf(
        settled, decided, at_mean, together.worst, together.best, outcomes, left, sorted(unknown)
    )


def by_market(selections: Iterable[Selection]) -> dict[Market, list[Selection]]:
    """Selections by market, both in order."""
    ordered = sorted(selections, key=lambda each: each.key)
    return {
        market: list(group) for market, group in groupby(ordered, key=lambda each: each.key.market)
    }


def _open_winner(winner: str | None, is_open: Iterable[Selection]) -> str | None:
    return winner if any(row.key.selection == winner for row in is_open) else None


def _outcome(
    key: Key, names: frozenset[str], winner: str | None, score: Score | None
) -> Outcome | None:
    if winner is not None:
        return Outcome.WIN if key.selection == winner else Outcome.LOSE
    if score is None:
        return None
    market, line = key.market
    return score_markets.decide(market, line, key.selection, names, score)


def _open_market(
    market: Market, names: frozenset[str], rows: Sequence[Selection], known: int
) -> risk.Market:
    """What a choice leaves open of a market. known: how many selections it has."""
    positions = tuple(
        risk.Position(*market, row.key.selection, row.sums, row.priced) for row in rows
    )
    complete = all(row.priced for row in rows)
    return risk.Market(*market, names, positions, len(rows) == known, complete)
