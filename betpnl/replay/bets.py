"""Draws bets in blocks: columns of NumPy, one row a bet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from betpnl.replay.offers import LEGS_MAX, Offers
from betpnl.replay.options import Mix
from betpnl.replay.stakes import Floats, Integers, draw_stakes, to_minor_units
from betpnl.replay.wallets import Wallets

# Shares of accumulators with 2, 3, ... LEGS_MAX legs.
_LEGS_CDF = np.cumsum([0.42, 0.28, 0.16, 0.09])
PAYOUT_MAX = 10_000_000.0
"""Euros. No ticket may win more: legs are left off until it cannot."""


@dataclass(frozen=True)
class Draws:
    """Bets [n] in the order they are due.

    numbers: of the bet within the run. at_s: when it is due. customers, wallets: who. minor:
    stake in minor units of the wallet's currency. staked: place in
    `writing.STAKE_TYPES`. systems: whether it is a system. fates: place in `Mix.fates`, from 1
    on; 0: nothing else happens. selections: [n, LEGS_MAX], of which
    the first legs[n] count.
    """

    numbers: Integers
    at_s: Floats
    customers: Integers
    wallets: Integers
    minor: Integers
    staked: Integers
    systems: NDArray[np.bool_]
    fates: Integers
    legs: Integers
    selections: Integers


class Drawer:
    """Draws bets on whatever is open, from one stream of random numbers."""

    def __init__(self, rng: np.random.Generator, wallets: Wallets, mix: Mix) -> None:
        self._rng = rng
        self._wallets = wallets
        self._mix = mix
        self._fates_cdf = np.cumsum(mix.fates)
        self._staked_cdf = np.cumsum([1 - mix.free - mix.bonus, mix.free])

    def draw(self, offers: Offers, numbers: Integers, at_s: Floats) -> Draws:
        """Bets with these numbers, due at these times [n], on what is offered."""
        rng, count = self._rng, len(numbers)
        customers, wallets = self._wallets.draw(rng, count)
        euros = draw_stakes(rng, count)
        per_euro, scale = self._wallets.per_euro[wallets], self._wallets.scale[wallets]
        selections, legs = self._tickets(offers, euros)
        # A number past all shares is no fate at all, which is 0.
        place = np.searchsorted(self._fates_cdf, rng.random(count), side="right")
        fates = (place + 1) % (len(self._fates_cdf) + 1)
        return Draws(
            numbers=numbers,
            at_s=at_s,
            customers=customers,
            wallets=wallets,
            minor=to_minor_units(euros, per_euro, scale),
            staked=np.searchsorted(self._staked_cdf, rng.random(count), side="right"),
            systems=(rng.random(count) < self._mix.systems) & (legs > 2),
            fates=fates,
            legs=legs,
            selections=selections,
        )

    def _tickets(self, offers: Offers, euros: Floats) -> tuple[Integers, Integers]:
        rng, count = self._rng, len(euros)
        selections = np.zeros((count, LEGS_MAX), dtype=np.int64)
        selections[:, 0] = offers.draw(rng, count)
        legs = np.ones(count, dtype=np.int64)
        several = np.flatnonzero(rng.random(count) < self._mix.accumulators)
        if offers.books > 1 and len(several):
            drawn = offers.draw_tickets(rng, len(several))
            width = drawn.shape[1]
            wanted = 2 + np.searchsorted(_LEGS_CDF, rng.random(len(several)), side="right")
            payout = np.cumprod(offers.odds[drawn], axis=1) * euros[several, np.newaxis]
            allowed = (payout <= PAYOUT_MAX).sum(axis=1)
            selections[several, :width] = drawn
            legs[several] = np.clip(np.minimum(wanted, allowed), 1, width)
        return selections, legs
