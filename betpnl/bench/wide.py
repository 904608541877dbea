"""Very many games side by side, each with its main market before it starts.

There are some thousand real games; here each is played as often as it takes, under other ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice

from betpnl.games import Game


def wide(games: Sequence[Game], count: int) -> list[Game]:
    """So many games with ids of their own."""
    rounds = (place // len(games) for place in range(count))
    return [_copy(game, lap) for game, lap in zip(islice(cycle(games), count), rounds, strict=True)]


def _copy(game: Game, lap: int) -> Game:
    start = game.checkpoints[0]
    # With all markets of all games the books alone would take gigabytes.
    market = min(start.prices, key=lambda name: name not in ("match_result", "moneyline"))
    line = next(iter(start.prices[market]))
    prices = {market: {line: start.prices[market][line]}}
    results = {key: value for key, value in game.results.items() if key[:2] == (market, line)}
    return replace(
        game,
        # First, as what is too long for an id is cut off at its end.
        game_id=f"{lap}-{game.game_id}",
        checkpoints=(replace(start, prices=prices),),
        results=results,
    )
