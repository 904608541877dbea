"""Markets with a known end, as columns, and their split by time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from betpnl.games import Game
from betpnl.model.features import (
    Markets,
    is_total,
    margin_free,
    usable_market,
    within_market,
)
from betpnl.model.margin import Floats, Integers
from betpnl.model.recipe import Recipe

UNPRICED_MARKETS = {"american_football": ("handicap", "total_points")}
"""Markets whose price in data/ is a stated standard one that says nothing of the outcome: they
neither train nor flatter the model."""
BaseRates = Mapping[tuple[str, str], float]
"""How often a selection wins, by "sport/market" and its name."""
NO_RESULT = "a selection without a result"
GIVEN_BACK = "a push, void or half"
NOT_ONE_WINNER = "no winner, or several"
UNUSABLE = "prices that are none of one winner"
UNPRICED = "american football's handicaps and totals, whose price says nothing"


@dataclass(frozen=True)
class Samples:
    """Markets at a checkpoint. By market [m], but odds, target and name by selection [n].

    game: index into the list that the samples were made from. kind: index into ``kinds``,
    "sport/market". name: index into ``names``, what the selection is called. target: 1 won, 0
    lost, n/d dead heat; adds up to 1 in a market. left_out: by reason, how many of the markets
    that were offered are not here.
    """

    kinds: tuple[str, ...]
    names: tuple[str, ...]
    sports: Mapping[str, float]
    left_out: Mapping[str, int]
    game: Integers
    day: Integers
    kind: Integers
    size: Integers
    sport: Integers
    in_play: NDArray[np.bool_]
    minute: Floats
    is_total: NDArray[np.bool_]
    odds: Floats
    target: Floats
    name: Integers

    def __len__(self) -> int:
        return len(self.game)

    @property
    def rows(self) -> int:
        """How many selections."""
        return len(self.target)

    def take(self, markets: NDArray[np.bool_]) -> Samples:
        """The markets of a mask [m]."""
        rows = np.repeat(markets, self.size)
        kept = {
            column.name: getattr(self, column.name)[
                rows if column.name in ("odds", "target", "name") else markets
            ]
            for column in fields(self)
            if column.name not in ("kinds", "names", "sports", "left_out")
        }
        return Samples(self.kinds, self.names, self.sports, self.left_out, **kept)

    def markets(self) -> Markets:
        """As the model's features take them."""
        starts = np.concatenate(([0], np.cumsum(self.size)[:-1])).astype(np.int64)
        return Markets(self.odds, starts, self.sport, self.in_play, self.minute, self.is_total)

    def spread(self, by_market: NDArray[Any]) -> NDArray[Any]:
        """A value of each market on each of its selections [n]."""
        return np.repeat(by_market, self.size)

    def margin_free(self) -> Floats:
        """The market's own probability [n], by the plainest method: (1/odds) / overround."""
        return margin_free(Recipe(method="proportional"), self.markets())

    def base_rates(self) -> BaseRates:
        """How often each selection won, by "sport/market" and its name."""
        key = self.spread(self.kind) * len(self.names) + self.name
        found, place = np.unique(key, return_inverse=True)
        rates = np.bincount(place, weights=self.target) / np.bincount(place)
        return {
            (self.kinds[code // len(self.names)], self.names[code % len(self.names)]): rate
            for code, rate in zip(found.tolist(), rates.tolist(), strict=True)
        }

    def base_rate(self, rates: BaseRates) -> Floats:
        """That of each selection [n]; where it is not known, 1 / selections. 1 in each market."""
        kinds = self.spread(self.kind).tolist()
        even = (1.0 / self.spread(self.size)).tolist()
        rate = np.array([
            rates.get((self.kinds[kind], self.names[name]), otherwise)
            for kind, name, otherwise in zip(kinds, self.name.tolist(), even, strict=True)
        ])  # fmt: skip
        return within_market(rate, self.markets())

    def overrounds(self) -> dict[str, float]:
        """Median overround by "sport/market" and by "sport/"."""
        overround = self.markets().overround
        found: dict[str, float] = {}
        for code, kind in enumerate(self.kinds):
            mine = overround[self.kind == code]
            if len(mine):
                found[kind] = round(float(np.median(mine)), 6)
        for code, sport in enumerate(self.sports):
            mine = overround[self.sport == code]
            if len(mine):
                found[f"{sport}/"] = round(float(np.median(mine)), 6)
        return found


def make_samples(
    games: Sequence[Game], unpriced: Mapping[str, Collection[str]] = UNPRICED_MARKETS
) -> Samples:
    """Every priced market of every checkpoint of games that are over.

    Left out: what pushed, or has no result for one of its selections, what the model can't use,
    and markets whose price says nothing. unpriced: these by sport; they are a matter of data/.
    """
    sports: dict[str, float] = {}
    for game in games:
        sports.setdefault(game.sport, float(game.duration_min))
    codes = {sport: code for code, sport in enumerate(sports)}
    kinds: dict[str, int] = {}
    by_market: list[tuple[Any, ...]] = []
    odds: list[float] = []
    target: list[float] = []
    names: dict[str, int] = {}
    name: list[int] = []
    left_out: Counter[str] = Counter()
    for index, game in enumerate(games):
        day = game.starts_at.date().toordinal()
        for in_play, minute, market, line, prices in _offered(game):
            floats = usable_market(next(iter(prices)), prices)
            known = _ends(game, market, line, prices)
            if market in unpriced.get(game.sport, ()):
                known = UNPRICED
            elif floats is None:
                known = UNUSABLE
            if floats is None or isinstance(known, str):
                left_out[str(known)] += 1
                continue
            kind = kinds.setdefault(f"{game.sport}/{market}", len(kinds))
            by_market.append((
                index, day, kind, len(floats), codes[game.sport], in_play, minute,
                is_total(prices),
            ))  # fmt: skip
            odds.extend(floats)
            target.extend(known)
            name.extend(names.setdefault(each, len(names)) for each in prices)
    game_, day_, kind_, size, sport_, in_play_, minute_, total = (
        zip(*by_market, strict=True) if by_market else ((),) * 8
    )
    return Samples(
        kinds=tuple(kinds),
        names=tuple(names),
        sports=sports,
        left_out=dict(sorted(left_out.items())),
        game=np.array(game_, np.int64),
        day=np.array(day_, np.int64),
        kind=np.array(kind_, np.int64),
        size=np.array(size, np.int64),
        sport=np.array(sport_, np.int64),
        in_play=np.array(in_play_, np.bool_),
        minute=np.array(minute_, np.float64),
        is_total=np.array(total, np.bool_),
        odds=np.array(odds, np.float64),
        target=np.array(target, np.float64),
        name=np.array(name, np.int64),
    )


def _offered(game: Game) -> Iterable[tuple[bool, float, str, str, Mapping[str, Any]]]:
    for checkpoint in game.checkpoints:
        for market, lines in checkpoint.prices.items():
            for line, prices in lines.items():
                yield checkpoint.in_play, checkpoint.minute, market, line, prices


def _ends(
    game: Game, market: str, line: str, selections: Iterable[str]
) -> list[float] | str:  # fmt: skip
    """How each selection ended, or why the market does not count."""
    ends = []
    for selection in selections:
        settled = game.results.get((market, line, selection))
        if settled is None:
            return NO_RESULT
        if settled.result not in ("win", "lose"):
            return GIVEN_BACK
        won, tied = settled.dead_heat or (1, 1)
        ends.append(won / tied if settled.result == "win" else 0.0)
    return ends if abs(sum(ends) - 1.0) <= 1e-9 else NOT_ONE_WINNER


def split_by_time(
    samples: Samples, held_out: float
) -> tuple[Samples, Samples, dict[str, date]]:  # fmt: skip
    """Earlier games, later games, and each sport's first held-out day.

    In each sport the last `held_out` (0 to 1) of the games are held out, cut between two days,
    so that no game, and no two games of one day, stand on both sides.
    """
    later = np.zeros(len(samples), dtype=np.bool_)
    first_days: dict[str, date] = {}
    for code, sport in enumerate(samples.sports):
        mine = samples.sport == code
        if not mine.any():
            continue
        _, first_row = np.unique(samples.game[mine], return_index=True)
        days = np.sort(samples.day[mine][first_row])
        cut = int(days[min(len(days) - 1, int(len(days) * (1.0 - held_out)))])
        later |= mine & (samples.day >= cut)
        first_days[sport] = date.fromordinal(cut)
    return samples.take(~later), samples.take(later), first_days
