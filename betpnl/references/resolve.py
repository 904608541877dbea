"""From a record of a bet to the bet as it counts: with its rate, and called off or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from betpnl.contract.checks import payout_fault
from betpnl.contract.records import Adjustment, Bet, FxRate, MarketCancel
from betpnl.contract.texts import epoch_ms
from betpnl.references.cancels import Cancels
from betpnl.references.rates import Rates

ONE = Decimal(1)
CANCELLED, WAITING = "cancelled", "waiting"
COUNTING = frozenset({"accepted", "cashed_out"})


@dataclass
class References:
    """What is known of rates and cancels. base_currency: ISO 4217."""

    base_currency: str
    rates: Rates = field(default_factory=Rates)
    cancels: Cancels = field(default_factory=Cancels)

    def add_all(self, records: Iterable[FxRate | MarketCancel]) -> None:
        """Take many records."""
        for record in records:
            if isinstance(record, FxRate):
                self.rates.add(record)
            else:
                self.cancels.add(record)

    def takes_rate(self, bet: Bet) -> bool:
        """Whether the bet's rate is to be looked up: it is foreign, and brings none."""
        return bet.fx_rate is None and bet.currency != self.base_currency

    def rate_of(self, bet: Bet) -> Decimal | None:
        """The rate at which a bet that brings none was accepted; None while it is unknown.

        Nor is a rate taken that would make the bet pay more than any column holds.
        """
        rate = self.rates.at(bet.currency, epoch_ms(bet.accepted_at))
        return None if rate is None or payout_fault(bet, rate) else rate

    def resolve(self, bet: Bet) -> Bet:
        """The bet as it counts when it comes in. An adjustment that it brings is taken at its word.

        What it says afterwards is asked with ``status_of`` and ``rate_of``.
        """
        brought = bet.adjustment
        takes_rate = self.takes_rate(bet)
        if brought is None:
            cancelled = bool(self.cancels) and self.cancels.hit(bet, epoch_ms(bet.accepted_at))
            if not takes_rate and not cancelled:
                return bet
            number, rate = 0, None
        else:
            number, cancelled, rate = brought.number, brought.cancelled, brought.fx_rate
        if rate is None:
            rate = self.rate_of(bet) if takes_rate else ONE
        return msgspec.structs.replace(
            bet, adjustment=Adjustment(number=number, cancelled=cancelled, fx_rate=rate)
        )

    def truth(self, bet: Bet) -> Bet:
        """The bet as it must count in the end: whatever it says of itself, but for its number."""
        plain = self.resolve(msgspec.structs.replace(bet, adjustment=None))
        if bet.adjustment is None:
            return plain
        said = plain.adjustment or Adjustment(number=0, fx_rate=ONE)
        numbered = msgspec.structs.replace(said, number=bet.adjustment.number)
        return msgspec.structs.replace(plain, adjustment=numbered)


def number_of(bet: Bet) -> int:
    """Which copy of its version a record is: 0 as the client sent it."""
    return 0 if bet.adjustment is None else bet.adjustment.number


def is_called_off(bet: Bet) -> bool:
    """Whether a market cancel hits it."""
    return bet.adjustment is not None and bet.adjustment.cancelled


def rate_of(bet: Bet) -> Decimal:
    """Units of the base currency for one of the bet's; 0 while that is not known."""
    if bet.fx_rate is not None:
        return bet.fx_rate
    if bet.adjustment is None:
        return ONE
    return bet.adjustment.fx_rate or Decimal(0)


def status_of(bet: Bet) -> str:
    """How it counts: its own status, ``cancelled`` with its market, or ``waiting`` for its rate."""
    if is_called_off(bet):
        return CANCELLED
    if bet.status in COUNTING and not rate_of(bet):
        return WAITING
    return bet.status


def counts(bet: Bet) -> bool:
    """Whether it contributes anything."""
    return status_of(bet) in COUNTING
