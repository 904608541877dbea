"""The open singles of a game, as risk sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from betpnl.pnl import Outcome, SelectionSums

# Amounts have four decimals; whole numbers of these add up exactly, and fast.
UNITS = 10_000


class Position(NamedTuple):
    """An open selection and what its singles pay. priced: whether it has a price."""

    market: str
    line: str
    selection: str
    sums: SelectionSums
    priced: bool = True


class Market(NamedTuple):
    """A market with what is open of it. names: of all its selections that are known.

    whole: none of them has a result yet. complete: all that there are have a price, so one of
    them wins.
    """

    market: str
    line: str
    names: frozenset[str]
    positions: tuple[Position, ...]
    whole: bool
    complete: bool


def markets(positions: Iterable[Position], settled: Mapping[tuple[str, str], int]) -> list[Market]:
    """Positions by market. settled: by market and line, how many selections have a result."""
    ordered = sorted(positions, key=lambda each: each[:3])
    found = []
    for (market, line), group in groupby(ordered, key=lambda each: (each.market, each.line)):
        rows = tuple(group)
        found.append(
            Market(
                market,
                line,
                frozenset(row.selection for row in rows),
                rows,
                not settled.get((market, line)),
                all(row.priced for row in rows),
            )
        )
    return found


def brings(position: Position, outcome: Outcome) -> int:
    """What a position brings by an outcome, in 0.0001 of the base currency."""
    sums = position.sums
    match outcome:
        case Outcome.WIN:
            payout = sums.payout_win
        case Outcome.LOSE:
            return int(sums.handle_riding * UNITS)
        case Outcome.HALF_WIN:
            payout = sums.payout_half_win
        case Outcome.HALF_LOSE:
            payout = sums.payout_half_lose
        case _:
            return 0
    return int((sums.handle_riding - payout) * UNITS)
