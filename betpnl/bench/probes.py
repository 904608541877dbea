"""Probes: bets on games of their own, of which each one's latency is known exactly.

A game's count says how many of its bets are visible, not which (`matching`). A game with a single
bet says when that bet was, so a few such games show what overtaking hides among the others: bets
that are held up while others pass.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from betpnl.bench.matching import Planned
from betpnl.bench.templates import open_bet
from betpnl.contract.topics import BETS
from betpnl.replay import Block, Options, merged
from betpnl.replay.stakes import Floats

RATE_MAX = 20.0
"""A second: enough for a p99 within a minute, too few to be felt."""
_SHARE_MAX = 0.02
# So that the last is not due after the last bet.
_BEFORE_END_S = 1.0


class Probes:
    """Singles and tickets of two legs in turn, on time. Each leg is on a game that nothing else
    is on, and counts there once."""

    def __init__(self, options: Options, origin: datetime) -> None:
        """options: of the load they go among. origin: of the times that the bets name."""
        per_s = min(RATE_MAX, _SHARE_MAX * options.rate)
        length_s = max(0.0, (options.until_s or 0.0) - _BEFORE_END_S)
        self._at_s: Floats = (np.arange(int(length_s * per_s)) + 0.5) / per_s
        self._origin = origin
        self._tag = f"probe-{options.seed}"
        self._next = 0

    @property
    def bets(self) -> int:
        """How many there are."""
        return len(self._at_s)

    def singles(self) -> Planned:
        """When each single counts in its game."""
        return self._planned(0)

    def tickets(self) -> Planned:
        """When each ticket counts in its two games."""
        return self._planned(1)

    def rows(self) -> Planned:
        """When each bet is due, by its id."""
        return Planned({self._id(n): self._at_s[n : n + 1] for n in range(self.bets)})

    def among(self, blocks: Iterator[Block]) -> Iterator[Block]:
        """The blocks with the probes where they are due."""
        self._next = 0
        for block in blocks:
            if more := self._until(block.at_s[0]):
                yield more
            if block.topic is BETS and (more := self._until(block.at_s[-1])):
                yield merged(block, more)
            else:
                yield block
        if more := self._until(np.inf):
            yield more

    def _planned(self, kind: int) -> Planned:
        return Planned(
            {
                game_id: self._at_s[number : number + 1]
                for number in range(kind, self.bets, 2)
                for game_id in self._games(number)
            }
        )

    def _id(self, number: int) -> str:
        return f"{self._tag}-{number}"

    def _games(self, number: int) -> list[str]:
        return [f"{self._tag}-{number}-{leg}" for leg in range(1 + number % 2)]

    def _until(self, at_s: float) -> Block | None:
        numbers = range(self._next, int(np.searchsorted(self._at_s, at_s, side="right")))
        if not numbers:
            return None
        self._next = numbers.stop
        ids = [self._id(number) for number in numbers]
        return Block(
            topic=BETS,
            at_s=self._at_s[numbers.start : numbers.stop].tolist(),
            keys=[bet_id.encode() for bet_id in ids],
            values=[self._bet(bet_id, number) for bet_id, number in zip(ids, numbers, strict=True)],
            kinds=Counter("accumulators" if number % 2 else "singles" for number in numbers),
        )

    def _bet(self, bet_id: str, number: int) -> bytes:
        accepted_at = self._origin + timedelta(seconds=float(self._at_s[number]))
        return json.dumps(
            {
                **open_bet(bet_id, self._games(number)),
                "accepted_at": accepted_at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            }
        ).encode()
