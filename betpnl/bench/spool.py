"""A plan whose messages are all made before the first is due, and kept in a file until then.

Drawing and writing a bet costs several times what sending it does, and would be charged to the
stack's cores. Ten thousand a second for minutes are gigabytes: too much for memory beside a
stack, while a file is written and read in order, which costs little.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from betpnl.bench.matching import Floats, Integers, Planned, planned
from betpnl.bench.probes import Probes
from betpnl.contract.topics import BETS, TOPICS
from betpnl.games import Game
from betpnl.replay import Block, Options, Plan


@dataclass
class Counted:
    """What a plan's blocks will count, noted as they pass.

    bets_at_s: when each message of the topic `bets` is due.
    """

    game_ids: list[str]
    planned_s: Floats
    games: Integers
    bets_at_s: Floats
    bets: int

    def planned(self) -> Planned:
        """The counts by game."""
        return planned(self.game_ids, self.planned_s, self.games)


class Counting:
    """Notes what passes."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._planned_s: list[Floats] = [np.empty(0)]
        self._games: list[Integers] = [np.empty(0, np.int64)]
        self._bets_at_s: list[Floats] = [np.empty(0)]
        self.bets = 0

    def blocks(self, blocks: Iterator[Block]) -> Iterator[Block]:
        """The same blocks."""
        for block in blocks:
            self._planned_s.append(block.counted_at_s)
            self._games.append(block.counted_games)
            if block.topic is BETS:
                self._bets_at_s.append(np.array(block.at_s))
            self.bets += sum(block.kinds[kind] for kind in ("singles", "accumulators", "systems"))
            yield block

    def counted(self) -> Counted:
        """All that has passed."""
        return Counted(
            [fixture.game_id for fixture in self._plan.timeline.fixtures],
            np.concatenate(self._planned_s),
            np.concatenate(self._games),
            np.concatenate(self._bets_at_s),
            self.bets,
        )


def left_open(plan: Plan, blocks: Iterator[Block]) -> Iterator[Block]:
    """Without what would end the games that outlast the bets: they stay open.

    A replay ends them at once, and so would settle its whole book after the last bet: a backlog
    would have all results before its first bet, and of two rates the second would begin in that.
    """
    ends_s = plan.timeline.bets_end_s
    return (block for block in blocks if block.topic is BETS or block.at_s[0] < ends_s)


class Spooled(Plan):
    """The messages come out of a file, once `make` has filled it."""

    def __init__(
        self, options: Options, games: Sequence[Game], origin: datetime, file: Path
    ) -> None:
        super().__init__(options, games, origin)
        self._file = file

    def make(self, report: Callable[[int], None], probes: Probes) -> Counted:
        """Make all messages, with probes among them. report: is told after each block how many
        bets are made."""
        counting = Counting(self)
        with self._file.open("wb") as file:
            for block in counting.blocks(probes.among(left_open(self, super().blocks()))):
                # By its name: a copy of a topic would not be that topic.
                parts = (block.topic.name, block.at_s, block.keys, block.values, block.kinds)
                pickle.dump(parts, file, pickle.HIGHEST_PROTOCOL)
                report(counting.bets)
        return counting.counted()

    def begin(self, origin: datetime) -> None:
        """Send from another moment than the one that the messages name, after it."""
        self.origin = origin

    def blocks(self) -> Iterator[Block]:
        """The messages, made already; without what they count."""
        topics = {topic.name: topic for topic in TOPICS}
        with self._file.open("rb") as file:
            while file.peek(1):
                name, *parts = pickle.load(file)
                yield Block(topics[name], *parts)
