"""A bet as the arithmetic takes it: its stake, and its currency."""

from __future__ import annotations

from decimal import Decimal

from betpnl import pnl
from betpnl.contract.currencies import MINOR_UNITS
from betpnl.contract.records import Bet
from betpnl.references import resolve

_ZERO = Decimal(0)


def money_of(bet: Bet, base_minor: int) -> pnl.Money:
    """How the bet's currency turns into the base currency."""
    return pnl.Money(MINOR_UNITS[bet.currency], base_minor, resolve.rate_of(bet))


def stake_of(bet: Bet) -> pnl.Stake:
    """What is staked on the bet, and how much of it was cashed out."""
    cash_out = bet.cash_out
    return pnl.Stake(
        stake=bet.stake,
        kind=pnl.StakeKind(bet.stake_type),
        cashed_fraction=_ZERO if cash_out is None else cash_out.fraction,
        cash_out_paid=_ZERO if cash_out is None else cash_out.amount,
        counts=resolve.counts(bet),
    )
