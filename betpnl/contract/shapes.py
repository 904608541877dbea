"""What makes a bet of its kind: how many legs, which lines, and whether they can all win."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache

from betpnl import combinations, score_markets
from betpnl.contract import limits
from betpnl.contract.records import Bet, Leg, System
from betpnl.pnl import Outcome

_SCORE = re.compile(r"[0-9]{1,3}", re.ASCII)
_Picks = tuple[tuple[str, str, str, frozenset[str]], ...]
"""Market, line, selection and known selections of the legs of one game."""


def shape_fault(bet: Bet) -> str | None:
    """What does not go together in a bet of its kind."""
    return (
        _legs_fault(bet)
        or _extras_fault(bet)
        or (None if bet.system is None else _system_fault(bet.system, len(bet.legs)))
        or contradiction(bet.legs)
    )


def _legs_fault(bet: Bet) -> str | None:
    count = len(bet.legs)
    match bet.bet_type:
        case "single" if count != 1:
            return "legs: a single has exactly one"
        case "accumulator" | "system" | "bet_builder" if count < 2:
            article = "an" if bet.bet_type == "accumulator" else "a"
            return f"legs: {article} {bet.bet_type} has at least two"
        case "bet_builder" if len({leg.game_id for leg in bet.legs}) > 1:
            return "legs: a bet_builder has all of them in one game"
    return None


def _extras_fault(bet: Bet) -> str | None:
    for name, value, kind in (
        ("system", bet.system, "system"),
        ("each_way", bet.each_way, "each_way"),
        ("odds", bet.odds, "bet_builder"),
    ):
        if bet.bet_type == kind and value is None:
            return f"{name}: missing on a bet of bet_type {kind}"
        if bet.bet_type != kind and value is not None:
            return f"{name}: does not go with bet_type {bet.bet_type}"
    if bet.status == "cashed_out" and bet.cash_out is None:
        return "cash_out: missing on a bet that is cashed out"
    return None


def _system_fault(system: System, legs: int) -> str | None:
    for index, banker in enumerate(system.bankers):
        if banker > legs:
            return f"system.bankers[{index}]: is {banker}, but there are {legs} legs"
    if len(set(system.bankers)) < len(system.bankers):
        return "system.bankers: names a leg twice"
    if len(set(system.sizes)) < len(system.sizes):
        return "system.sizes: names a size twice"
    others = legs - len(system.bankers)
    for index, size in enumerate(system.sizes):
        if size > others:
            return f"system.sizes[{index}]: is {size}, but only {others} legs are no bankers"
    lines = combinations.count(system.sizes, others)
    if lines > limits.LINES_MAX:
        return f"system: makes {lines} lines; at most {limits.LINES_MAX} are taken"
    return None


def contradiction(legs: Sequence[Leg]) -> str | None:
    """Which legs of one game cannot all win, as far as a final score tells; None if they can."""
    if len({leg.game_id for leg in legs}) == len(legs):
        return None
    games: defaultdict[str, list[Leg]] = defaultdict(list)
    for leg in legs:
        games[leg.game_id].append(leg)
    for together in games.values():
        if len(together) == 1:
            continue
        names = " and ".join(str(leg.leg) for leg in together)
        known = _known(together)
        picks = tuple(
            (leg.market, leg.line, leg.selection, known[leg.market, leg.line]) for leg in together
        )
        if len({pick[:3] for pick in picks}) < len(picks):
            return f"legs: {names} name one selection twice"
        if not _can_all_win(picks):
            return f"legs: {names} contradict each other: no final score lets all of them win"
    return None


def _known(legs: Sequence[Leg]) -> dict[tuple[str, str], frozenset[str]]:
    """What is known of each market of a game, from all of its legs together."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for leg in legs:
        found[leg.market, leg.line] |= {leg.selection, *(leg.market_odds or ())}
        # Whether a draw is offered or cannot come: either way both sides never win.
        if leg.market == "match_result":
            found[leg.market, leg.line].add("draw")
    return {market: frozenset(names) for market, names in found.items()}


@lru_cache(maxsize=10_000)
def _can_all_win(picks: _Picks) -> bool:
    """Whether some final score lets none of them lose; what a score does not decide may win."""
    if not any(score_markets.decides(market, line, known) for market, line, _, known in picks):
        return True
    return any(
        all(
            score_markets.decide(market, line, selection, known, score) is not Outcome.LOSE
            for market, line, selection, known in picks
        )
        for score in _scores(picks)
    )


def _scores(picks: _Picks) -> Iterator[score_markets.Score]:
    """A score for each way in which these picks can end together.

    What decides them is the total against a line, the difference against a line, whether the
    total is odd, whether a side has nothing, and single scores. So two steps around each number
    that is named, and beyond the largest, are enough for totals and differences.
    """
    named = {0}
    for _, line, selection, _ in picks:
        named |= {abs(int(Decimal(text))) for text in (line, *_SCORE.findall(selection)) if text}
    around = {near for number in named for near in range(number - 2, number + 3)}
    steps = sorted(step for step in around | {max(around) + 1, max(around) + 2} if step >= 0)
    for total in steps:
        for difference in (*steps, *(-step for step in steps)):
            if abs(difference) <= total and (total - difference) % 2 == 0:
                home = (total + difference) // 2
                yield score_markets.Score(home, total - home)
    for _, _, selection, _ in picks:
        sides = _SCORE.findall(selection)
        if len(sides) == 2:
            yield score_markets.Score(int(sides[0]), int(sides[1]))
