"""Selections with a known end, as columns, and their split by time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from betpnl.games import Game
from betpnl.model.features import Floats, feature_matrix, market_overround, sport_codes

PRICED_MARKETS = ("match_result", "moneyline", "total_goals")
"""Markets whose prices are in the sources; NFL handicaps and totals carry a stated standard
price that says nothing of the outcome, so they neither train nor flatter the model."""


@dataclass(frozen=True)
class Samples:
    """Columns [n], one row a selection at a checkpoint. target: 1 won, 0 lost, n/d dead heat.

    game: index into the list that the samples were made from.
    """

    game: NDArray[np.int64]
    day: NDArray[np.int64]
    sport: NDArray[np.int64]
    odds: Floats
    overround: Floats
    selections: Floats
    in_play: NDArray[np.bool_]
    minute: Floats
    target: Floats

    def __len__(self) -> int:
        return len(self.target)

    def take(self, rows: NDArray[Any]) -> Samples:
        """The rows of a mask or index."""
        return Samples(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    def features(self) -> NDArray[np.float32]:
        """The model's input, by the function that serves."""
        return feature_matrix(
            self.odds, self.overround, self.selections, self.sport, self.in_play, self.minute
        )

    def margin_free(self) -> Floats:
        """The market's own probability: (1/odds) / overround."""
        free: Floats = 1.0 / self.odds / self.overround
        return free


def make_samples(games: Iterable[Game]) -> Samples:
    """Every priced selection of every checkpoint; markets that pushed are left out."""
    rows: list[tuple[Any, ...]] = []
    for index, game in enumerate(games):
        day = game.starts_at.date().toordinal()
        for checkpoint in game.checkpoints:
            for market in PRICED_MARKETS:
                for line, prices in checkpoint.prices.get(market, {}).items():
                    for selection, odds in prices.items():
                        result, dead_heat = game.results[market, line, selection]
                        overround, count = market_overround(selection, prices)
                        if result == "push" or count == 0:
                            continue
                        won, places = dead_heat or (1, 1)
                        target = won / places if result == "win" else 0.0
                        rows.append((
                            index, day, game.sport, float(odds), overround, count,
                            checkpoint.in_play, checkpoint.minute, target,
                        ))  # fmt: skip
    game_, day_, sport, odds_, overround_, selections, in_play, minute, target_ = zip(
        *rows, strict=True
    )
    return Samples(
        game=np.array(game_, np.int64),
        day=np.array(day_, np.int64),
        sport=sport_codes(sport),
        odds=np.array(odds_),
        overround=np.array(overround_),
        selections=np.array(selections, np.float64),
        in_play=np.array(in_play),
        minute=np.array(minute, np.float64),
        target=np.array(target_),
    )


def split_by_time(
    samples: Samples, held_out: float
) -> tuple[Samples, Samples, dict[int, date]]:  # fmt: skip
    """Earlier games, later games, and each sport's first held-out day.

    In each sport the last `held_out` (0 to 1) of the games are held out, cut between two days,
    so that no game, and no two games of one day, stand on both sides.
    """
    later = np.zeros(len(samples), dtype=np.bool_)
    first_days: dict[int, date] = {}
    for sport in np.unique(samples.sport):
        mine = samples.sport == sport
        _, first_row = np.unique(samples.game[mine], return_index=True)
        days = np.sort(samples.day[mine][first_row])
        cut = int(days[min(len(days) - 1, int(len(days) * (1.0 - held_out)))])
        later |= mine & (samples.day >= cut)
        first_days[int(sport)] = date.fromordinal(cut)
    return samples.take(~later), samples.take(later), first_days
