"""A model is tried before it serves: what fails at a bet would stop the job, again and again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

from betpnl.contract.records import Leg
from betpnl.errors import UserError
from betpnl.model.outcome import OutcomeModel
from betpnl.model.recipe import Recipe
from betpnl.model.score_chances import SPORT
from betpnl.model.scoring import score_legs

_MINUTES = (0, 30, 45, 46, 90, 999)
_MARKET = {"home": 2.35, "draw": 3.3, "away": 3.1}


def tried(path: Path, content: bytes | None = None, *, setting: str = "model_path") -> OutcomeModel:
    """A model that has scored legs of every kind that it knows; arguments as of OutcomeModel.

    Raises UserError for whatever is wrong with it.
    """
    try:
        model = OutcomeModel(path, content, setting=setting)
        scores = score_legs(model, list(_legs(model.recipe)))
    except UserError:
        raise
    except Exception as error:
        raise UserError(
            f"The model {path} fails when it is tried ({error!r}): set {setting} to another."
        ) from error
    # The first is a whole market before a game: what every model must be able to score.
    if not scores[0].by_model:
        raise UserError(
            f"The model {path} gives no number for a market that it is tried on: set {setting} to "
            "another."
        )
    return model


def _legs(recipe: Recipe) -> Iterator[Leg]:
    for sport in (*recipe.sports, SPORT, "no sport of its own"):
        yield _leg(sport, market_odds=_MARKET)
        yield _leg(sport)
        yield _leg(sport, market_odds=_MARKET, in_play=True, minute=30)
    for minute, home, away in product(_MINUTES, (0, 1), (0, 1)):
        stands = {"minute": minute, "score_home": home, "score_away": away}
        yield _leg(SPORT, pre_match_odds=_MARKET, in_play=True, **stands)


def _leg(sport: str, **more: Any) -> Leg:
    return Leg(
        leg=1,
        game_id="",
        sport=sport,
        market="match_result",
        selection="home",
        odds=Decimal("2.35"),
        **more,
    )
