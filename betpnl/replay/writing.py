"""Turns drawn bets into the contract's JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

import numpy as np

from betpnl.replay.bets import Draws
from betpnl.replay.fates import Fate
from betpnl.replay.offers import Offers
from betpnl.replay.wallets import Wallets

_FIRST_STATUS = ["rejected" if fate is Fate.REJECTED else "accepted" for fate in Fate]
STAKE_TYPES = ("cash", "free", "bonus")


class Ticket(NamedTuple):
    """What all versions of a bet share; texts are ready JSON."""

    bet_id: str
    accepted_at: str
    customer: int
    wallet: str
    terms: str
    legs: str

    def version(self, version: int, status: str, stake: int | float, more: str = "") -> bytes:
        """One version of the bet as a record of the contract. more: further fields as JSON."""
        return (
            f'{{"bet_id":"{self.bet_id}","version":{version},"status":"{status}",'
            f'"accepted_at":"{self.accepted_at}Z","customer_id":"c{self.customer}",'
            f'{self.wallet}"stake":{stake},{self.terms}{more}"legs":[{self.legs}]}}'
        ).encode()


def amount(minor: int, scale: int) -> int | float:
    """An amount of money to be written as a JSON number, from whole minor units.

    A double's shortest text is the exact amount up to 15 digits, far beyond any stake here.
    """
    return minor if scale == 1 else minor / scale


@dataclass(frozen=True)
class Written:
    """Bets in the order of the draws; `kinds` counts them by words for the user."""

    tickets: list[Ticket]
    values: list[bytes]
    kinds: Counter[str]

    @property
    def keys(self) -> list[bytes]:
        """The messages' keys."""
        return [ticket.bet_id.encode() for ticket in self.tickets]


class Writer:
    """Writes the bets of one run."""

    def __init__(self, wallets: Wallets, tag: str, origin: datetime) -> None:
        """origin: the time of day of the first bet, UTC, which all times are counted from."""
        self._wallets = wallets
        self._tag = tag
        self._origin_ms = np.datetime64(origin.replace(tzinfo=None), "ms")

    def write(self, draws: Draws, offers: Offers) -> Written:
        """The first version of each bet of a block."""
        tickets = self._tickets(draws, offers)
        scales = self._wallets.scale[draws.wallets].tolist()
        stakes = list(map(amount, draws.minor.tolist(), scales))
        values = [
            ticket.version(1, _FIRST_STATUS[fate], stake)
            for ticket, fate, stake in zip(tickets, draws.fates.tolist(), stakes, strict=True)
        ]
        return Written(tickets, values, _kinds(draws))

    def _tickets(self, draws: Draws, offers: Offers) -> list[Ticket]:
        single_legs, fields = offers.single_legs, self._wallets.fields
        first = draws.selections[:, 0].tolist()
        legs = [single_legs[selection] for selection in first]
        for row in np.flatnonzero(draws.legs > 1).tolist():
            chosen = draws.selections[row, : draws.legs[row]].tolist()
            legs[row] = ",".join(
                f'{{"leg":{leg},{offers.legs[selection]}'
                for leg, selection in enumerate(chosen, start=1)
            )
        times = self._origin_ms + (draws.at_s * 1000).astype(np.int64)
        return [
            Ticket(
                f"{self._tag}-{number}",
                when,
                customer,
                fields[wallet],
                _terms(staked, legs_count, system),
                text,
            )
            for number, when, customer, wallet, staked, legs_count, system, text in zip(
                draws.numbers.tolist(),
                np.datetime_as_string(times, unit="ms").tolist(),
                draws.customers.tolist(),
                draws.wallets.tolist(),
                draws.staked.tolist(),
                draws.legs.tolist(),
                draws.systems.tolist(),
                legs,
                strict=True,
            )
        ]


@cache
def _terms(staked: int, legs: int, system: bool) -> str:
    stake_type = f'"stake_type":"{STAKE_TYPES[staked]}",'
    if system:
        sizes = f'"system":{{"sizes":[{legs - 1},{legs}]}},'
        return f'{stake_type}"bet_type":"system",{sizes}'
    return f'{stake_type}"bet_type":"{"single" if legs == 1 else "accumulator"}",'


def _kinds(draws: Draws) -> Counter[str]:
    several, systems = int((draws.legs > 1).sum()), int(draws.systems.sum())
    of_stakes = np.bincount(draws.staked, minlength=len(STAKE_TYPES)).tolist()
    return Counter(
        {
            "singles": len(draws.legs) - several,
            "accumulators": several - systems,
            "systems": systems,
            "free": of_stakes[STAKE_TYPES.index("free")],
            "bonus": of_stakes[STAKE_TYPES.index("bonus")],
            "rejected": int((draws.fates == Fate.REJECTED).sum()),
        }
    )
