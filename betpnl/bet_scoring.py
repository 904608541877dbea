"""What the model says of whole bets: of each leg, and of legs that are sold together."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from betpnl.contract.records import Bet
from betpnl.model.score_chances import joint_chance
from betpnl.model.scoring import LegScore, Model, score_legs
from betpnl.ticket_making import LegChance


class BetScore(NamedTuple):
    """The model's word on a bet.

    legs: on each leg, in order. joint: the probability, 8 decimals, that all legs of a bet builder
    win, None for other bets and where the model cannot tell. by_model: False where anything stood
    in for the model, or where legs of one game are multiplied as if they were independent.
    """

    legs: Sequence[LegScore]
    joint: Decimal | None
    by_model: bool

    def chances(self) -> list[LegChance]:
        """Of the legs, as tickets take them."""
        return [
            LegChance(_decimal(score.probability), score.likeliest, _decimal(score.margin))
            for score in self.legs
        ]


def score_bets(model: Model, bets: Sequence[Bet]) -> list[BetScore]:
    """A score for each bet, one inference for all of them."""
    found = iter(score_legs(model, [leg for bet in bets for leg in bet.legs]))
    return [_score(model, bet, list(islice(found, len(bet.legs)))) for bet in bets]


def _score(model: Model, bet: Bet, legs: Sequence[LegScore]) -> BetScore:
    if bet.bet_type != "bet_builder":
        known = all(score.by_model for score in legs) and not _multiplies_one_game(bet)
        return BetScore(legs, None, known)
    # Its legs depend on each other: what is known of each by itself does not make its price.
    alone = [score.probability if score.by_model else None for score in legs]
    joint = joint_chance(model.recipe, bet.legs, alone)
    return BetScore(legs, None if joint is None else _decimal(joint), joint is not None)


def _multiplies_one_game(bet: Bet) -> bool:
    """Whether the chances of two legs of one game are multiplied somewhere in a ticket.

    It settles leg by leg, by products: what is known of two legs together has no place in it.
    """
    if bet.system is not None and not bet.system.bankers and set(bet.system.sizes) == {1}:
        return False
    games = {leg.game_id for leg in bet.legs}
    return len(games) < len(bet.legs)


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.8f}")
