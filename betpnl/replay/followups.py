"""What becomes of a bet after it was placed: newer versions, and versions sent again."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from betpnl.replay.bets import Draws
from betpnl.replay.fates import Fate
from betpnl.replay.offers import Offers
from betpnl.replay.stakes import Floats, Integers
from betpnl.replay.wallets import Wallets
from betpnl.replay.writing import Ticket, Written, amount

DELAY_MEAN_S = 4.0
# A change comes before the game's end: nobody cashes out a bet that is settled.
_LATEST = 0.9
_PARTS = (0.25, 0.5, 0.75)
# A cash-out pays this much of the stake it takes out: the house keeps a little on average.
_CASH_OUT_VALUE = (0.6, 1.25)
_NEW_STAKE = (0.3, 2.5)
_THEN_IN_FULL = 0.5


class FollowUp(NamedTuple):
    """A later message about a bet; sorts by time, then by the bet."""

    at_s: float
    number: int
    kind: str
    key: bytes
    value: bytes


class Queue:
    """Follow-ups that are not due yet."""

    def __init__(self) -> None:
        self._heap: list[FollowUp] = []

    def add(self, followup: FollowUp) -> None:
        """Keep a follow-up until it is due."""
        heapq.heappush(self._heap, followup)

    def due(self, before_s: float) -> list[FollowUp]:
        """Take out all that are due before a moment (s), in order."""
        taken = []
        while self._heap and self._heap[0].at_s < before_s:
            taken.append(heapq.heappop(self._heap))
        return taken


class Followers:
    """Decides what follows from the bets of a block."""

    def __init__(self, rng: np.random.Generator, wallets: Wallets) -> None:
        self._rng = rng
        self._wallets = wallets

    def follow(self, draws: Draws, offers: Offers, written: Written) -> Iterator[FollowUp]:
        """All later messages about these bets, each due before the end of the bet's games."""
        rows = np.flatnonzero(draws.fates > Fate.REJECTED)
        moments_s = _draw_moments(self._rng, draws.at_s[rows], _first_end_s(draws, offers, rows))
        scales = self._wallets.scale[draws.wallets]
        for row, at_s in zip(rows.tolist(), moments_s.tolist(), strict=True):
            number, ticket = int(draws.numbers[row]), written.tickets[row]
            later = self._later(
                Fate(int(draws.fates[row])),
                ticket,
                int(draws.minor[row]),
                int(scales[row]),
                written.values[row],
            )
            for moment_s, (kind, value) in zip(at_s, later, strict=False):
                yield FollowUp(moment_s, number, kind, ticket.bet_id.encode(), value)

    def _later(
        self, fate: Fate, ticket: Ticket, minor: int, scale: int, first: bytes
    ) -> list[tuple[str, bytes]]:
        """Kinds and messages that follow, two at the most. minor: the stake, in minor units."""
        stake = amount(minor, scale)
        match fate:
            case Fate.CANCELLED:
                return [("cancelled", ticket.version(2, "cancelled", stake))]
            case Fate.DUPLICATE:
                return [("sent twice", first)]
            case Fate.AMENDED | Fate.LATE:
                other = max(1, round(minor * self._rng.uniform(*_NEW_STAKE)))
                amended = ticket.version(2, "accepted", amount(other, scale))
                late = [("older version late", first)] if fate is Fate.LATE else []
                return [("amended", amended), *late]
            case _:
                return self._cash_outs(fate, ticket, minor, scale)

    def _cash_outs(
        self, fate: Fate, ticket: Ticket, minor: int, scale: int
    ) -> list[tuple[str, bytes]]:
        stake = amount(minor, scale)
        later, taken, paid = [], 0.0, 0
        if fate is Fate.CASHED_PART:
            taken = _PARTS[self._rng.integers(len(_PARTS))]
            paid = self._paid(minor * taken)
            more = _cash_out(taken, amount(paid, scale))
            later.append(("cashed out in part", ticket.version(2, "accepted", stake, more)))
        if fate is Fate.CASHED_FULL or self._rng.random() < _THEN_IN_FULL:
            paid += self._paid(minor * (1 - taken))
            more = _cash_out(1, amount(paid, scale))
            version = 2 + len(later)
            later.append(("cashed out", ticket.version(version, "cashed_out", stake, more)))
        return later

    def _paid(self, minor: float) -> int:
        return round(minor * self._rng.uniform(*_CASH_OUT_VALUE))


def _cash_out(fraction: float, paid: int | float) -> str:
    return f'"cash_out":{{"fraction":{fraction},"amount":{paid}}},'


def _first_end_s(draws: Draws, offers: Offers, rows: Integers) -> Floats:
    """When the first of each bet's games ends (s) [len(rows)]."""
    ends_s = offers.games_end_s(draws.selections[rows])
    unused = np.arange(draws.selections.shape[1]) >= draws.legs[rows, np.newaxis]
    first: Floats = np.where(unused, np.inf, ends_s).min(axis=1)
    return first


def _draw_moments(rng: np.random.Generator, at_s: Floats, games_end_s: Floats) -> Floats:
    """Two moments, the second after the first, for each bet: [n, 2] in seconds."""
    room_s = _LATEST * (games_end_s - at_s)[:, np.newaxis]
    delays_s = np.cumsum(rng.exponential(DELAY_MEAN_S, (len(at_s), 2)), axis=1)
    # Squeezed into the room rather than cut off, so that the two keep their order.
    moments: Floats = at_s[:, np.newaxis] + room_s * delays_s / (room_s + delays_s)
    return moments
