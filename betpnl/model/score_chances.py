"""What the goals model says of selections that a football game's final score decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from betpnl import score_markets
from betpnl.contract.records import Leg
from betpnl.model.features import PROBABILITY_MIN, usable_market
from betpnl.model.goals import GOALS_MAX, Rates, Tempo, pre_match_rates, score_grid
from betpnl.model.margin import METHODS, Floats, Method
from betpnl.model.recipe import Recipe
from betpnl.pnl import Outcome
from betpnl.score_markets import Score

SPORT = "football"
_RESULT, _TOTAL = "match_result", "total_goals"
# 2 kB each, in every worker.
_GRIDS_KEPT = 4000
_ROUNDING = 1e-9
_SIDES = ("home", "draw", "away")
_WON = {Outcome.WIN: 1.0, Outcome.HALF_WIN: 0.5}
_LOST = {Outcome.LOSE: 1.0, Outcome.HALF_LOSE: 0.5}


class State(NamedTuple):
    """Where a game stands. whole: goals that each side was expected to score before it began."""

    whole: Rates
    minute: float
    home: int
    away: int


class Chance(NamedTuple):
    """probability: that it wins, of what is not given back. likeliest: in its market."""

    probability: float
    likeliest: bool


def in_play_chance(recipe: Recipe, leg: Leg) -> Chance | None:
    """A football leg taken in play on a market that has only its price from before the game.

    None where the goals model does not apply: another sport, no minute or score, a market whose
    price before the game says too little or that has a selection which no score decides, or one
    that has a price of the moment.
    """
    before = leg.pre_match_odds
    if not leg.in_play or leg.sport != SPORT or not before:
        return None
    if leg.minute is None or leg.score_home is None or leg.score_away is None:
        return None
    # A price that did not move since before the game knows nothing of it.
    if _has_price_of_the_moment(leg):
        return None
    whole = rates_before(recipe, ((leg.market, leg.line, before),))
    if whole is None or not _suffices(leg.market, (leg.market,)):
        return None
    state = State(whole, float(leg.minute), leg.score_home, leg.score_away)
    chances = market_chances(recipe.tempo, state, leg.market, leg.line, tuple(sorted(before)))
    own = chances.get(leg.selection)
    return None if own is None else Chance(own, own >= max(chances.values()))


def decided_chance(leg: Leg) -> Chance | None:
    """As good as certain where no later goal can change how a leg in play ends; else None."""
    won = decided(leg, (leg.selection,)).get(leg.selection)
    return None if won is None else Chance(_kept(float(won)), won)


def decided(leg: Leg, names: Collection[str]) -> dict[str, bool]:
    """By selection, those of a leg's market that its score has decided for good: whether they won.

    Empty for a leg that is not in play or has no score.
    """
    if not leg.in_play or leg.score_home is None or leg.score_away is None:
        return {}
    if leg.market not in score_markets.FOR_GOOD:
        return {}
    score = Score(leg.score_home, leg.score_away)
    ends = {name: score_markets.for_good(leg.market, leg.line, name, score) for name in names}
    return {name: end is Outcome.WIN for name, end in ends.items() if end is not None}


def joint_chance(
    recipe: Recipe, legs: Sequence[Leg], alone: Sequence[float | None] = ()
) -> float | None:
    """The probability that all legs of one football game win, of what is not given back.

    As a builder settles: each half of the stake by itself, lost by a lost leg, else given back by
    one that is. None where the goals model does not apply to one of the legs, where they do not
    stand at one moment of one game, or where a price has moved since it began. alone: each leg's
    own chance where the model knows it; legs together are no likelier than each of them, and less
    likely than they say only as far as they can exclude each other.
    """
    first = legs[0]
    if any(leg.sport != SPORT or _moment(leg) != _moment(first) for leg in legs):
        return None
    if any(_has_price_of_the_moment(leg) for leg in legs):
        return None
    offered = []
    for leg in legs:
        market = leg.pre_match_odds if leg.in_play else leg.market_odds
        if market:
            offered.append((leg.market, leg.line, market))
    whole = rates_before(recipe, offered)
    known = [market for market, *_ in offered]
    if whole is None or not all(_suffices(leg.market, known) for leg in legs):
        return None
    if not first.in_play:
        state = State(whole, 0.0, 0, 0)
    elif first.minute is None or first.score_home is None or first.score_away is None:
        return None
    else:
        state = State(whole, float(first.minute), first.score_home, first.score_away)
    grid = _grid(recipe.tempo, state)
    won = np.ones((2, *grid.shape), dtype=bool)
    lost = np.zeros_like(won)
    for leg in legs:
        names = tuple(sorted({*(leg.market_odds or leg.pre_match_odds or ()), leg.selection}))
        shares = _shares(leg.market, leg.line, leg.selection, names, state.home, state.away)
        if shares is None:
            return None
        # What wins half wins with its first half, what loses half loses with its second.
        won &= np.stack((shares[0] > 0.0, shares[0] == 1.0))
        lost |= np.stack((shares[1] == 1.0, shares[1] > 0.0))
    wins, loses = float((grid * won).sum()), float((grid * lost).sum())
    if wins + loses <= 0:
        return None
    gives_back = not bool((won | lost).all())
    return _kept(
        _within(wins / (wins + loses), [own for own in alone if own], len(legs), gives_back)
    )


def _moment(leg: Leg) -> tuple[object, ...]:
    if not leg.in_play:
        return (False,)
    return True, leg.minute, leg.score_home, leg.score_away


def _has_price_of_the_moment(leg: Leg) -> bool:
    """Whether a leg in play has prices that moved since before the game.

    What they know of it, the goals model does not.
    """
    return leg.in_play and bool(leg.market_odds) and leg.market_odds != leg.pre_match_odds


def _within(joint: float, alone: Sequence[float], legs: int, gives_back: bool) -> float:
    """A joint chance within what its legs' own leave possible (Frechet's bounds).

    The lower one does not hold where some of the stake may be given back: then each leg's chance
    is of other games.
    """
    if len(alone) == legs and not gives_back:
        joint = max(joint, sum(alone) - (legs - 1))
    return min([joint, *alone])


@lru_cache(maxsize=10_000)
def market_chances(
    tempo: Tempo, state: State, market: str, line: str, names: tuple[str, ...]
) -> dict[str, float]:
    """Each selection's probability, of what is not given back; without those no score decides."""
    grid = _grid(tempo, state)
    chances = {}
    for name in names:
        shares = _shares(market, line, name, names, state.home, state.away)
        if shares is None:
            continue
        won, lost = float((grid * shares[0]).sum()), float((grid * shares[1]).sum())
        if won + lost > 0:
            chances[name] = won / (won + lost)
    kept = {name: _kept(chance) for name, chance in chances.items()}
    if abs(sum(chances.values()) - 1.0) < _ROUNDING:
        # One of them wins: what keeps the others off 0 comes from the likeliest.
        likeliest = max(kept, key=lambda name: kept[name])
        kept[likeliest] = _kept(kept[likeliest] - (sum(kept.values()) - 1.0))
    return kept


def _kept(probability: float) -> float:
    return min(max(probability, PROBABILITY_MIN), 1.0 - PROBABILITY_MIN)


def _suffices(market: str, known: Iterable[str]) -> bool:
    """Whether prices of these markets tell enough for a market: who is ahead, or only how many."""
    return _RESULT in known or score_markets.DEPENDS_ON.get(market) == "total"


def rates_before(
    recipe: Recipe, offered: Iterable[tuple[str, str, Mapping[str, Any]]]
) -> Rates | None:
    """Goals that each side is expected to score, from prices before the game.

    offered: market, line, and all prices of the market. None if they do not tell: it takes a
    result with a draw, a total, or both. Of several totals the one nearest to even counts, of equal
    ones the lowest line; their order never matters.
    """
    results: list[tuple[float, ...]] = []
    totals: list[tuple[float, float, float]] = []
    for market, line, prices in offered:
        usable = usable_market(next(iter(prices), ""), prices)
        if usable is None:
            continue
        free = dict(zip(prices, _free(recipe.method, tuple(usable)), strict=True))
        if market == _RESULT and set(free) == set(_SIDES):
            results.append(tuple(free[side] for side in _SIDES))
        elif market == _TOTAL and set(free) == {"over", "under"} and _is_counted(line):
            totals.append((abs(free["over"] - 0.5), float(line), free["over"]))
    result = dict(zip(_SIDES, min(results), strict=True)) if results else None
    _, at, over = min(totals) if totals else (None, None, None)
    return pre_match_rates(result, over, at)


def _is_counted(line: str) -> bool:
    # One beyond all goals that are counted says nothing of them.
    if not line.replace(".", "", 1).isdigit():
        return False
    return Decimal(line) % score_markets.QUARTER == 0 and Decimal(line) < GOALS_MAX


@lru_cache(maxsize=10_000)
def _free(method: Method, prices: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(METHODS[method](np.array(prices), np.zeros(1, np.int64)).tolist())


@lru_cache(maxsize=_GRIDS_KEPT)
def _grid(tempo: Tempo, state: State) -> Floats:
    return score_grid(tempo.rates(state.whole, state.minute, state.home - state.away))


@lru_cache(maxsize=_GRIDS_KEPT)
def _shares(
    market: str, line: str, selection: str, names: tuple[str, ...], home: int, away: int
) -> tuple[Floats, Floats] | None:
    """How much of a stake wins, and loses, by goals from now on; None if no score decides it."""
    if market not in score_markets.DEPENDS_ON:
        return None
    won, lost = np.zeros((2, GOALS_MAX + 1, GOALS_MAX + 1))
    for more_home in range(GOALS_MAX + 1):
        for more_away in range(GOALS_MAX + 1):
            score = Score(home + more_home, away + more_away)
            outcome = score_markets.decide(market, line, selection, names, score)
            if outcome is None:
                return None
            won[more_home, more_away] = _WON.get(outcome, 0.0)
            lost[more_home, more_away] = _LOST.get(outcome, 0.0)
    return won, lost
