"""How far legs of one game are from independent, where nothing but their product is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from betpnl.contract.records import Leg
from betpnl.games import Game
from betpnl.model.features import usable_market
from betpnl.model.margin import METHODS
from betpnl.model.recipe import Recipe
from betpnl.model.score_chances import joint_chance
from betpnl.model.training.scores import bootstrap_by_game

PAIRS_MIN = 100
"""Of fewer pairs of one kind nothing is said."""
_SIDES = ("home", "away")


class _Pair(NamedTuple):
    game: int
    product: float
    won: float


def product_errors(
    games: Sequence[Game], recipe: Recipe, draws: int, seed: int
) -> list[dict[str, Any]]:
    """By sport, pair of markets and kind of pair: the product of two legs against what came.

    Of all games, by the prices of the first checkpoint before each that has any: nothing here is
    fitted. Left out is what the goals model knows, and what did not win or lose.
    """
    found: dict[tuple[str, ...], list[_Pair]] = {}
    for index, game in enumerate(games):
        for key, pair in _pairs(index, game, recipe):
            found.setdefault((game.sport, *key), []).append(pair)
    return [
        {
            **dict(zip(("sport", "markets", "legs"), key, strict=True)),
            **_figures(pairs, draws, seed),
        }
        for key, pairs in sorted(found.items())
        if len(pairs) >= PAIRS_MIN
    ]


def _figures(pairs: Sequence[_Pair], draws: int, seed: int) -> dict[str, float]:
    game, product, won = (np.array(column) for column in zip(*pairs, strict=True))
    means = bootstrap_by_game(game, won - product, draws, seed)
    low, high = np.quantile(means, [0.025, 0.975])
    figures = {
        "product": product.mean(),
        "came": won.mean(),
        "difference_low": low,
        "difference_high": high,
    }
    rounded = {name: round(float(value), 6) for name, value in figures.items()}
    return {"pairs": len(pairs), **rounded}


def _pairs(index: int, game: Game, recipe: Recipe) -> Iterator[tuple[tuple[str, str], _Pair]]:
    starts = [each for each in game.checkpoints if each.prices and not each.in_play]
    legs_of = []
    for market, lines in sorted(starts[0].prices.items()) if starts else ():
        legs_of.append(_legs(game, market, lines, recipe))
    for first, second in combinations(legs_of, 2):
        for (one, p_one), (other, p_other) in ((a, b) for a in first for b in second):
            won = [_won(game, leg) for leg in (one, other)]
            if None not in won and joint_chance(recipe, (one, other)) is None:
                key = f"{one.market}, {other.market}", _kind(one.selection, other.selection)
                yield key, _Pair(index, p_one * p_other, float(all(won)))


def _legs(
    game: Game, market: str, lines: Mapping[str, Mapping[str, Any]], recipe: Recipe
) -> list[tuple[Leg, float]]:
    """A market's selections with their margin-free prices, on the line that is nearest to even."""
    usable = {line: prices for line, prices in sorted(lines.items()) if _floats(prices)}
    if not usable:
        return []
    line = max(usable, key=lambda line: min(_floats(usable[line])) / max(_floats(usable[line])))
    free = METHODS[recipe.method](np.array(_floats(usable[line])), np.zeros(1, np.int64))
    odds = {selection: float(price) for selection, price in usable[line].items()}
    return [
        (
            Leg(
                leg=1,
                game_id=game.game_id,
                sport=game.sport,
                market=market,
                line=line,
                selection=selection,
                odds=price,
                market_odds=odds,
            ),
            chance,
        )
        for (selection, price), chance in zip(usable[line].items(), free.tolist(), strict=True)
    ]


def _floats(prices: Mapping[str, Any]) -> list[float]:
    return usable_market(next(iter(prices), ""), prices) or []


def _won(game: Game, leg: Leg) -> bool | None:
    """Whether it won; None where no result says that it won or lost."""
    found = game.results.get((leg.market, leg.line, leg.selection))
    return None if found is None or found.result not in ("win", "lose") else found.result == "win"


def _kind(first: str, second: str) -> str:
    if first in _SIDES and second in _SIDES:
        return "same side" if first == second else "opposite sides"
    return ", ".join("a side" if each in _SIDES else each for each in (first, second))
