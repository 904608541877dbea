"""What a replay may be asked for."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from betpnl.errors import UserError

_RUN = re.compile(r"([a-z][a-z0-9]{0,7})?")


@dataclass(frozen=True)
class Mix:
    """Shares of all bets, 0 to 1. From `rejected` on they exclude each other.

    accumulators: tickets with 2 to 6 legs. systems: how many of those with 3 legs or more are
    systems instead, which need all legs or all but one. free: staked with a free bet. bonus:
    staked with bonus money. rejected: turned down at once. cancelled, amended (another stake),
    cashed_part, cashed_full: a newer version follows some seconds later. duplicates: the same
    version is sent again. late: an amendment follows, and then the first version once more.
    """

    accumulators: float = 0.12
    systems: float = 0.2
    free: float = 0.03
    bonus: float = 0.02
    rejected: float = 0.01
    cancelled: float = 0.005
    amended: float = 0.01
    cashed_part: float = 0.01
    cashed_full: float = 0.01
    duplicates: float = 0.01
    late: float = 0.002

    def __post_init__(self) -> None:
        """Raise UserError for a share outside 0 to 1, or fates that exceed 1 together."""
        for name in self.__dataclass_fields__:
            if not 0 <= getattr(self, name) <= 1:
                raise UserError(f"{name} is a share: give a number from 0 to 1.")
        if self.free + self.bonus > 1:
            raise UserError("free and bonus exceed 1 together: lower one of them.")
        if sum(self.fates) > 1:
            raise UserError(
                "rejected, cancelled, amended, cashed out, duplicates and late exceed 1 together: "
                "lower some of them."
            )

    @property
    def fates(self) -> tuple[float, ...]:
        """The shares that exclude each other, in the order of `followups.Fate` from 1 on."""
        return (
            self.rejected,
            self.cancelled,
            self.amended,
            self.cashed_part,
            self.cashed_full,
            self.duplicates,
            self.late,
        )


@dataclass(frozen=True)
class Options:
    """One replay. The same options give the same records, times of day aside.

    seed: >= 0; run: a label that makes other ids of the same seed ('' or up to 8 letters and
    digits). rate: bets a second; newer versions and duplicates come on top. games: played side
    by side. speed: minutes of play in one minute, or game_s: seconds from a game's start to its
    end. seconds, bets: when to stop taking bets; with neither, `games` games are played once.
    sports: only these, () for all. reviewed: share of games whose results are rolled back and
    settled again. hot: share of the singles that fall on one game while it is open, 0 for as
    they come; below 1.
    """

    seed: int
    run: str = ""
    rate: float = 100.0
    games: int = 40
    speed: float = 60.0
    game_s: float | None = None
    seconds: float | None = None
    bets: int | None = None
    sports: tuple[str, ...] = ()
    base_currency: str = "EUR"
    reviewed: float = 0.05
    hot: float = 0.0
    mix: Mix = field(default_factory=Mix)

    def __post_init__(self) -> None:
        """Raise UserError for a value that makes no replay."""
        if not 0 <= self.seed < 10**9:
            raise UserError("--seed must be a whole number from 0 to 999999999.")
        if not _RUN.fullmatch(self.run):
            raise UserError("--run must be a letter and up to 7 letters or digits, lower case.")
        limits = (self.rate, self.games, self.speed, self.game_s, self.seconds, self.bets)
        if any(limit is not None and not 0 < limit < math.inf for limit in limits):
            raise UserError(
                "--rate, --games, --speed, --game-seconds, --seconds and --bets must be above 0."
            )
        if not 0 <= self.hot < 1:
            raise UserError("--hot is a share: give a number from 0 to below 1.")

    @property
    def tag(self) -> str:
        """What sets this run's ids apart from those of every other seed and label."""
        return f"{self.seed}{self.run}"

    @property
    def until_s(self) -> float | None:
        """When betting ends, in seconds from the first bet; None: when the games have ended."""
        limits = []
        if self.seconds is not None:
            limits.append(self.seconds)
        if self.bets is not None:
            limits.append(self.bets / self.rate)
        return min(limits, default=None)
