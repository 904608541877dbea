"""What a model was trained on, and what serving needs to know of it: kept in the model's file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from betpnl.model.goals import Tempo
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
        return recipe
