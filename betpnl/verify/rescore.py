"""Scores bets again with a named model and compares what was stored."""

from __future__ import annotations

from betpnl.bet_money import money_of, stake_of
from betpnl.bet_scoring import score_bets
from betpnl.contract.records import Bet
from betpnl.model.scoring import Model
from betpnl.ticket_making import is_single, ticket_of
from betpnl.verify.compare import Comparison, Report
from betpnl.verify.scores import TOLERANCE
from betpnl.verify.tables import Table
from betpnl.verify.valuation import Score

_BATCH = 1000
_SCORED = Table("p_win scored again", 1, {"bet_id": str})


class Rescorer:
    """Takes bets with their stored scores; those of another model's version pass by."""

    def __init__(self, model: Model, examples_max: int) -> None:
        self.model = model
        self._comparison = Comparison(_SCORED, examples_max)
        self._waiting: list[tuple[Bet, Score]] = []
        self.passed_by = 0

    def add(self, bet: Bet, score: Score) -> None:
        """Take a bet as it stands in ``bet``."""
        if score.model_version != self.model.version:
            self.passed_by += 1
            return
        self._waiting.append((bet, score))
        if len(self._waiting) >= _BATCH:
            self._score()

    def report(self) -> Report:
        """How many were scored again, and which differ by more than 1e-8."""
        self._score()
        return self._comparison.report

    def _score(self) -> None:
        scored = score_bets(self.model, [bet for bet, _ in self._waiting])
        for (bet, score), found in zip(self._waiting, scored, strict=True):
            chances = found.chances()
            if is_single(bet):
                again = chances[0].probability
            else:
                money = money_of(bet, 0)
                again = ticket_of(bet, stake_of(bet), money, chances, found.joint).probability
            off = abs(again - score.p_win) > TOLERANCE
            fault = ("p_win", str(again), str(score.p_win))
            self._comparison.found((bet.bet_id,), (bet.bet_id,), [fault] if off else ())
        self._waiting.clear()
