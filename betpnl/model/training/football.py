"""The goals model: how its tempo is fitted, and how it does on games that were not seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Any

import numpy as np

from betpnl.contract.records import Leg
from betpnl.games import Checkpoint, Game
from betpnl.model.features import usable_market
from betpnl.model.goals import Tempo
from betpnl.model.margin import METHODS
from betpnl.model.recipe import Recipe
from betpnl.model.score_chances import SPORT, in_play_chance, joint_chance, rates_before
from betpnl.model.training.samples import BaseRates
from betpnl.model.training.scores import Judged

_HALF_TIME = 45
HALF_TIME_AWAY_MAX = 3
"""Minutes from 45 within which a checkpoint is taken for half time, the nearest of them."""
NO_SCORES = "no final score"
NO_PRICES = "no checkpoint with prices before the game"
NO_HALF_TIME = "no checkpoint near half time with a score"
# So many goals' worth of belief that a lead changes nothing: a few hundred games say little more.
_PRIOR_GOALS = 50.0
_MARKETS = (("match_result", ""), ("total_goals", "2.5"))


@dataclass(frozen=True)
class HalfTime:
    """A football game at half time, with its score and its prices from before the game."""

    index: int
    game: Game
    start: Checkpoint
    half: Checkpoint


def half_times(games: Sequence[Game], keep: set[int] | None = None) -> list[HalfTime]:
    """Football games with both scores. keep: indices into ``games`` to look at, None for all.

    The prices are those of the first checkpoint before the game that has any.
    """
    found = (_half_time(index, game) for index, game in enumerate(games) if _is_kept(index, keep))
    return [each for each in found if isinstance(each, HalfTime)]


def without_half_time(games: Sequence[Game]) -> dict[str, int]:
    """By reason, how many football games say nothing to the goals model."""
    found = (_half_time(index, game) for index, game in enumerate(games))
    return dict(Counter(each for each in found if isinstance(each, str)))


def _is_kept(index: int, keep: set[int] | None) -> bool:
    return keep is None or index in keep


def _half_time(index: int, game: Game) -> HalfTime | str | None:
    """A game of football as it is needed, or what it lacks; None for another sport."""
    if game.sport != SPORT:
        return None
    if not game.final_score:
        return NO_SCORES
    starts = [each for each in game.checkpoints if each.prices and not each.in_play]
    if not starts:
        return NO_PRICES
    halves = [
        each
        for each in game.checkpoints
        if abs(each.minute - _HALF_TIME) <= HALF_TIME_AWAY_MAX
        and None not in (each.score_home, each.score_away)
    ]
    if not halves:
        return NO_HALF_TIME
    nearest = min(halves, key=lambda each: (abs(each.minute - _HALF_TIME), each.minute))
    return HalfTime(index, game, starts[0], nearest)


def fit_tempo(games: Sequence[HalfTime], recipe: Recipe) -> Tempo:
    """The share of goals before half time, and how a lead changes the second half.

    The first is a ratio of counts; the others of what leading, and trailing, sides scored after
    half time over what they were expected to, drawn towards 1.
    """
    first = sum(sum(_score(each)) for each in games)
    whole = sum(sum(each.game.final_score or ()) for each in games)
    if not whole:
        return Tempo()
    tempo = Tempo(first_half=round(first / whole, 4))
    scored, expected = {1: 0.0, -1: 0.0}, {1: 0.0, -1: 0.0}
    for each in games:
        rates = rates_before(recipe, _prices(each))
        if rates is None:
            continue
        home, away = _score(each)
        final_home, final_away = each.game.final_score or (home, away)
        left = tempo.rates(rates, _HALF_TIME, 0)
        lead = int(np.sign(home - away))
        if lead:
            scored[lead] += final_home - home
            expected[lead] += left.home
            scored[-lead] += final_away - away
            expected[-lead] += left.away
    leading, trailing = (
        round(log((scored[side] + _PRIOR_GOALS) / (expected[side] + _PRIOR_GOALS)), 4)
        for side in (1, -1)
    )
    return replace(tempo, leading=leading, trailing=trailing)


def judge_half_time(
    games: Sequence[HalfTime], recipe: Recipe, rates: BaseRates
) -> dict[str, Judged]:
    """By market: what the goals model says at half time, against the price before the game.

    rates: how often a selection wins.
    """
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for each in games:
        home, away = _score(each)
        for market, line in _MARKETS:
            prices = each.start.prices.get(market, {}).get(line, {})
            for selection, free in _free(recipe, prices).items():
                leg = Leg(
                    leg=1,
                    game_id=each.game.game_id,
                    sport=SPORT,
                    market=market,
                    line=line,
                    selection=selection,
                    odds=prices[selection],
                    in_play=True,
                    minute=_HALF_TIME,
                    score_home=home,
                    score_away=away,
                    pre_match_odds=_floats(prices),
                )
                chance, won = in_play_chance(recipe, leg), _won(each.game, leg)
                if chance is None or won is None:
                    continue
                base = _base_rate(rates, market, selection, len(prices))
                rows.setdefault(market, []).append(
                    (each.index, float(won), chance.probability, free, base)
                )
    return {market: _judged(found) for market, found in rows.items()}


def judge_joint(games: Sequence[HalfTime], recipe: Recipe, rates: BaseRates) -> Judged | None:
    """Both legs of a match result and a total, before the game: jointly, against their product.

    rates: how often a selection wins.
    """
    rows: list[tuple[Any, ...]] = []
    for each in games:
        offered = [
            (market, line, each.start.prices.get(market, {}).get(line, {}))
            for market, line in _MARKETS
        ]
        legs_of = [list(_legs(each.game, *one)) for one in offered]
        free = [_free(recipe, prices) for *_, prices in offered]
        for first in legs_of[0]:
            for second in legs_of[1]:
                joint = joint_chance(recipe, (first, second))
                ends = [_won(each.game, leg) for leg in (first, second)]
                if joint is None or None in ends or not (free[0] and free[1]):
                    continue
                product = free[0][first.selection] * free[1][second.selection]
                base = _base_rate(rates, first.market, first.selection, 3)
                base *= _base_rate(rates, second.market, second.selection, 2)
                rows.append((each.index, float(all(ends)), joint, product, base))
    return _judged(rows) if rows else None


def _base_rate(rates: BaseRates, market: str, selection: str, selections: int) -> float:
    return rates.get((f"{SPORT}/{market}", selection), 1.0 / selections)


def _won(game: Game, leg: Leg) -> bool | None:
    """Whether it won; None where no result says that it won or lost."""
    found = game.results.get((leg.market, leg.line, leg.selection))
    return None if found is None or found.result not in ("win", "lose") else found.result == "win"


def _legs(game: Game, market: str, line: str, prices: Mapping[str, Any]) -> Iterator[Leg]:
    for number, selection in enumerate(prices, start=1):
        yield Leg(
            leg=number,
            game_id=game.game_id,
            sport=SPORT,
            market=market,
            line=line,
            selection=selection,
            odds=prices[selection],
            market_odds=_floats(prices),
        )


def _floats(prices: Mapping[str, Any]) -> dict[str, float]:
    return {selection: float(odds) for selection, odds in prices.items()}


def _prices(each: HalfTime) -> list[tuple[str, str, Mapping[str, Any]]]:
    return [
        (market, line, prices)
        for market, line in _MARKETS
        if (prices := each.start.prices.get(market, {}).get(line))
    ]


def _free(recipe: Recipe, prices: Mapping[str, Any]) -> dict[str, float]:
    usable = usable_market(next(iter(prices), ""), prices)
    if usable is None:
        return {}
    free = METHODS[recipe.method](np.array(usable), np.zeros(1, np.int64))
    return dict(zip(prices, free.tolist(), strict=True))


def _score(each: HalfTime) -> tuple[int, int]:
    assert each.half.score_home is not None
    assert each.half.score_away is not None
    return each.half.score_home, each.half.score_away


def _judged(rows: Sequence[tuple[Any, ...]]) -> Judged:
    game, target, model, price, base_rate = (np.array(column) for column in zip(*rows, strict=True))
    return Judged(game, target, model, price, base_rate)
