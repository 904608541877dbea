"""What a model was trained on, and what serving needs to know of it: kept in the model's file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import Any

from betpnl.model.goals import HALF_TIME_MIN, Tempo
from betpnl.model.margin import METHODS, Method


@dataclass(frozen=True)
class Recipe:
    """How features are made for one model.

    method: takes the margin out. sports: those with columns of their own, each with its minutes
    of play. overrounds: of a market by "sport/market", else by "sport/", else by "": what a leg
    without its market's odds is taken to hold. tempo: of football in play.
    """

    method: Method = "power"
    sports: Mapping[str, float] = field(default_factory=dict)
    overrounds: Mapping[str, float] = field(default_factory=dict)
    tempo: Tempo = field(default_factory=Tempo)

    def overround(self, sport: str, market: str) -> float | None:
        """What this sport's market is taken to hold; None for a sport that is not known."""
        if sport not in self.sports:
            return None
        known = self.overrounds
        return known.get(f"{sport}/{market}") or known.get(f"{sport}/")

    def to_json(self) -> str:
        """Text that `from_json` reads; sports keep their order, which is that of the columns."""
        return json.dumps({**asdict(self), "tempo": self.tempo.as_dict()})

    @classmethod
    def from_json(cls, text: str) -> Recipe:
        """Raises ValueError if the text is no recipe that this version of betpnl knows."""
        try:
            values: dict[str, Any] = json.loads(text)
            recipe = cls(**{**values, "tempo": Tempo(**values["tempo"])})
        except (TypeError, KeyError) as error:
            raise ValueError(f"no recipe: {error}") from error
        if recipe.method not in METHODS:
            raise ValueError(f"no recipe: method {recipe.method!r} is not known")
        lengths, overrounds = recipe.sports.values(), recipe.overrounds.values()
        if not all(_is_positive(number) for number in (*lengths, *overrounds)):
            raise ValueError("no recipe: minutes and overrounds are finite numbers above 0")
        if not all(_is_finite(number) for number in recipe.tempo.as_dict().values()):
            raise ValueError("no recipe: the tempo is of finite numbers")
        if recipe.tempo.length_min <= HALF_TIME_MIN:
            raise ValueError(f"no recipe: length_min is above {HALF_TIME_MIN:g}")
        if recipe.tempo.left_min < 0:
            raise ValueError("no recipe: left_min is 0 at least")
        return recipe


def _is_finite(number: object) -> bool:
    return isinstance(number, int | float) and isfinite(number)


def _is_positive(number: float) -> bool:
    return _is_finite(number) and number > 0
