"""From the legs of a batch of bets to their probabilities: one inference for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from betpnl.contract.records import Leg
from betpnl.model.features import (
    PROBABILITY_MIN,
    Markets,
    fallback_probability,
    feature_matrix,
    is_total,
    margin_free,
    usable_markets,
    within_market,
)
from betpnl.model.margin import Floats, sizes_of
from betpnl.model.recipe import Recipe
from betpnl.model.score_chances import SPORT, Chance, decided, decided_chance, in_play_chance

_HALF = 0.5


class Model(Protocol):
    """What scoring asks of a model."""

    version: str
    recipe: Recipe

    def predict(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Scores [n] of features [n, columns]; NaN where it cannot tell."""


class LegScore(NamedTuple):
    """What the model says of one leg.

    probability: within (0, 1). by_model: False where the fallback stood in. likeliest: no
    selection of the market is likelier; without a market, the leg is at least even. margin:
    1 - 1/overround of the market, 0 without a usable one. stale: the model's, but by a price from
    before the game that is under way; by_model is False then.
    """

    probability: float
    by_model: bool
    likeliest: bool
    margin: float
    stale: bool = False


def score_legs(model: Model, legs: Sequence[Leg]) -> list[LegScore]:
    """Score each leg among all selections of its market; never raises on what a leg holds.

    A leg without its market's odds is a market of two, itself and all else, with the margin that
    its sport's market was trained with. Football in play without a price of the moment is scored
    by its score and minute; what else has only a price from before the game keeps it, and does not
    count as scored by the model. What a score has decided for good is as good as certain.
    """
    batch = _Batch(model.recipe)
    for place, leg in enumerate(legs):
        batch.add(place, leg)
    scores = dict(batch.scores(model, legs))
    for place, leg in enumerate(legs):
        if leg.in_play:
            chance = _by_score(model.recipe, leg)
            if chance is not None:
                margin = scores[place].margin if place in scores and leg.market_odds else 0.0
                scores[place] = LegScore(chance.probability, True, chance.likeliest, margin)
    return [scores.get(place) or _fallback(model.recipe, leg) for place, leg in enumerate(legs)]


def _by_score(recipe: Recipe, leg: Leg) -> Chance | None:
    """What the score of a leg in play says of it, None where it does not tell."""
    chance = decided_chance(leg)
    if chance is None and leg.sport == SPORT:
        chance = in_play_chance(recipe, leg)
    return chance


def _market_of(leg: Leg) -> Mapping[str, float] | None:
    """The prices that a leg is scored among; None for its own odds alone.

    Odds that moved since before the game are a price of the moment: those of its market before the
    game say less.
    """
    before = leg.pre_match_odds
    if leg.market_odds or not before:
        return leg.market_odds
    if leg.in_play and before.get(leg.selection) != float(leg.odds):
        return None
    return before


def _is_stale(leg: Leg) -> bool:
    """Whether a leg in play is scored by prices from before the game."""
    return leg.in_play and not leg.market_odds and _market_of(leg) is not None


def _fallback(recipe: Recipe, leg: Leg) -> LegScore:
    """By the leg's own odds, the usual margin taken out where it is known."""
    overround = recipe.overround(leg.sport, leg.market)
    probability = fallback_probability(float(leg.odds), overround)
    return LegScore(probability, False, probability >= _HALF, 0.0)


def _circumstances(leg: Leg) -> tuple[object, ...]:
    """What beside its market's prices decides how a leg's market is scored."""
    stands = leg.minute, leg.score_home, leg.score_away
    return leg.sport, leg.market, leg.line, leg.in_play, *stands


def _gone(leg: Leg, market: Mapping[str, float]) -> list[bool]:
    """Which selections of a leg's market the score has decided against, others being open."""
    ends = decided(leg, market)
    if not ends:
        return [False] * len(market)
    lost = [ends.get(name) is False for name in market]
    # Where all are lost, a guess at what else there is would be no better than the prices.
    return [False] * len(market) if all(lost) else lost


class _Batch:
    """Markets side by side, and which of their selections are the legs' own."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._odds: list[float] = []
        self._gone: list[bool] = []
        self._starts: list[int] = []
        self._firsts: list[Leg] = []
        self._market: list[int] = []
        self._own: list[int] = []
        self._places: list[int] = []

    def add(self, place: int, leg: Leg) -> None:
        """Take a leg's market, or what stands for it, if there is anything."""
        market = _market_of(leg)
        if market:
            if leg.selection not in market:
                return
            if not self._is_of_last_market(leg):
                self._begin(leg, market)
            self._own.append(self._starts[-1] + list(market).index(leg.selection))
        else:
            overround = self._recipe.overround(leg.sport, leg.market)
            if overround is None:
                return
            # Its margin has been taken out here, so that the market of two has none.
            fair = max(float(leg.odds) * overround, 1.0 + PROBABILITY_MIN)
            self._begin(leg, {leg.selection: fair, "": 1.0 / (1.0 - 1.0 / fair)})
            self._own.append(self._starts[-1])
        self._market.append(len(self._starts) - 1)
        self._places.append(place)

    def _is_of_last_market(self, leg: Leg) -> bool:
        """Whether a leg shares its odds, the very ones, with the leg before, so that they count
        once: a market that is asked for each of its selections would else grow with their square.
        """
        last = self._firsts[-1] if self._firsts else None
        return (
            last is not None
            and _market_of(last) is _market_of(leg)
            and _circumstances(last) == _circumstances(leg)
        )

    def _begin(self, leg: Leg, market: Mapping[str, float]) -> None:
        self._starts.append(len(self._odds))
        self._firsts.append(leg)
        self._odds.extend(market.values())
        self._gone.extend(_gone(leg, market))

    def scores(self, model: Model, legs: Sequence[Leg]) -> Iterable[tuple[int, LegScore]]:
        """Place and score of each leg whose market the model can use."""
        if not self._places:
            return ()
        odds, starts = np.array(self._odds, np.float64), np.array(self._starts)
        gone = np.array(self._gone)
        usable = usable_markets(odds, starts)
        if not usable.any():
            return ()
        places, own, market = (np.array(each) for each in (self._places, self._own, self._market))
        firsts = self._firsts
        if not usable.all():
            sizes = sizes_of(starts, len(odds))
            odds, gone = (each[np.repeat(usable, sizes)] for each in (odds, gone))
            kept = usable[market]
            offsets = (own - starts[market])[kept]
            places, market = places[kept], (np.cumsum(usable) - 1)[market[kept]]
            starts = np.cumsum(sizes[usable]) - sizes[usable]
            own = starts[market] + offsets
            firsts = [leg for leg, serves in zip(firsts, usable, strict=True) if serves]
        markets = self._markets(odds, starts, firsts)
        free = margin_free(self._recipe, markets)
        raw = model.predict(feature_matrix(self._recipe, markets, free))
        predicted = within_market(np.where(raw >= 0, raw, np.nan), markets)
        # One yardstick within a market: where the model cannot score all of it, it scores none.
        scored = np.logical_and.reduceat(np.isfinite(predicted), starts)
        probabilities = predicted
        if not scored.all():
            probabilities = np.where(markets.spread(scored), predicted, free)
        if gone.any():
            # What can no longer win leaves its share to the others.
            probabilities = within_market(np.where(gone, 0.0, probabilities), markets)
        stale = scored & np.array([_is_stale(leg) for leg in firsts])
        mine = probabilities[own]
        placed = places.tolist()
        found = zip(
            np.clip(mine, PROBABILITY_MIN, 1.0 - PROBABILITY_MIN).tolist(),
            (scored & ~stale)[market].tolist(),
            (mine >= np.maximum.reduceat(probabilities, starts)[market]).tolist(),
            self._margins(markets.overround[market], placed, legs),
            stale[market].tolist(),
            strict=True,
        )
        return zip(placed, map(LegScore._make, found), strict=True)

    def _markets(self, odds: Floats, starts: NDArray[np.int64], legs: Sequence[Leg]) -> Markets:
        codes = {sport: code for code, sport in enumerate(self._recipe.sports)}
        return Markets(
            odds=odds,
            starts=starts,
            sport=np.array([codes.get(leg.sport, -1) for leg in legs]),
            # What was priced before the game is taken as it was.
            in_play=np.array([leg.in_play and not _is_stale(leg) for leg in legs]),
            minute=np.array(
                [np.nan if leg.minute is None else leg.minute for leg in legs], np.float64
            ),
            is_total=np.array([is_total(_market_of(leg) or (leg.selection,)) for leg in legs]),
        )

    @staticmethod
    def _margins(overrounds: Floats, places: Sequence[int], legs: Sequence[Leg]) -> list[float]:
        margins: list[float] = (1.0 - 1.0 / overrounds).tolist()
        return [
            margin if legs[place].market_odds else 0.0
            for margin, place in zip(margins, places, strict=True)
        ]
