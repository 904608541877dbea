"""A second model's word on the same bets: for the live calibration alone, never for money."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from betpnl.contract.records import Bet
from betpnl.model.live import ModelFile
from betpnl.model.outcome import OutcomeModel
from betpnl.model.scoring import score_legs
from betpnl.ticket_making import is_single

Words = Sequence[str | None]
log = logging.getLogger(__name__)


class Challenger:
    """Scores singles beside the champion; whatever happens to it, the champion is not told.

    A file that is broken or replaced is followed as the champion's is. A model that fails on a
    batch is out until its file changes.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = ModelFile(path, "challenger_path", clock=clock)
        self._failed: OutcomeModel | None = None
        self._file.look()

    @property
    def out(self) -> bool:
        """Whether the file at `challenger_path` is broken, or its model failed on a batch."""
        return self._file.fault is not None or (
            self._failed is not None and self._failed is self._file.model
        )

    def words(self, champion: str, bets: Sequence[Bet]) -> Words:
        """For each bet the probability, 8 decimals, followed by the challenger's version.

        None for what is no single, what the challenger itself could not score, and for all if it
        is the champion (by version) or out.
        """
        nothing = [None] * len(bets)
        model = self._file.look()
        if model is None or model is self._failed or model.version == champion:
            return nothing
        singles = [place for place, bet in enumerate(bets) if is_single(bet)]
        try:
            scores = score_legs(model, [bets[place].legs[0] for place in singles])
        except Exception:
            self._failed = model
            log.exception(
                "The challenger %s failed, and is out until its file changes", model.version
            )
            return nothing
        found: list[str | None] = list(nothing)
        for place, score in zip(singles, scores, strict=True):
            if score.by_model:
                found[place] = f"{score.probability:.8f}{model.version}"
        return found
