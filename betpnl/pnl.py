"""The arithmetic of PNL in plain Decimal: what each bet contributes, and how sums are made.

This is the reference that the job's rows are held against. PNL is the operator's: positive when
the house wins. Money is exact; each amount is rounded half up, bet by bet, to the minor unit of
its currency, and only then added. The formulas are those of docs/money.md.

Words: s stake, o odds, x units of the base currency for one of the bet's, q share cashed out,
c paid for it, r = s(1 - q) the stake still riding.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

# Enough digits for any product that the contract's bounds allow, so nothing but ``quantize``
# ever rounds: 30 legs of 9 digits, each with a probability of 8, or a dead heat to be divided.
EXACT = Context(prec=600, rounding=ROUND_HALF_UP)

ZERO = Decimal(0)
ONE = Decimal(1)
HALF = Decimal("0.5")
_UNITS = tuple(ONE.scaleb(-decimals) for decimals in range(11))

EXPECTED_DECIMALS = 4
PROBABILITY_DECIMALS = 8
MARGIN_MIN = Decimal("-9.99999999")


class StakeKind(StrEnum):
    """Whose money is staked, in the contract's words.

    CASH: the customer's. FREE: a free bet, of which only the winnings are paid. BONUS: bonus
    money, which comes back as cash if it wins; handed back unplayed it is bonus again.
    """

    CASH = "cash"
    FREE = "free"
    BONUS = "bonus"


class Outcome(StrEnum):
    """How a selection ended, in the contract's words."""

    WIN = "win"
    LOSE = "lose"
    HALF_WIN = "half_win"
    HALF_LOSE = "half_lose"
    VOID = "void"
    PUSH = "push"


HANDED_BACK = frozenset({Outcome.VOID, Outcome.PUSH})


def round_half_up(amount: Decimal, decimals: int) -> Decimal:
    """An amount rounded half up (away from zero on a tie) to 0 to 10 decimals."""
    return amount.quantize(_UNITS[decimals], context=EXACT)


def round_fraction(amount: Fraction, decimals: int) -> Decimal:
    """An exact amount >= 0 rounded half up to that many decimals."""
    units = (amount * 10**decimals * 2 + 1) // 2
    return Decimal(units).scaleb(-decimals, context=EXACT)


def multiply(*factors: Decimal) -> Decimal:
    """The exact product of any number of factors."""
    product = ONE
    for factor in factors:
        product = EXACT.multiply(product, factor)
    return product


@dataclass(frozen=True)
class Money:
    """How a bet's currency turns into the base currency.

    minor, base_minor: decimals of the smallest unit of each. fx_rate: units of the base currency
    for one of the bet's, > 0.
    """

    minor: int
    base_minor: int
    fx_rate: Decimal

    def to_base(self, amount: Decimal) -> Decimal:
        """An amount of the bet's currency in the base currency, to its minor unit."""
        return round_half_up(multiply(amount, self.fx_rate), self.base_minor)

    def paid(self, amount: Decimal) -> Decimal:
        """What a payout of ``amount`` costs in the base currency.

        The customer gets whole minor units of the bet's currency, so that is rounded first.
        """
        return self.to_base(round_half_up(amount, self.minor))

    def paid_exactly(self, amount: Fraction) -> Decimal:
        """``paid`` for an amount that no Decimal holds, such as a third of a stake."""
        return self.to_base(round_fraction(amount, self.minor))


@dataclass(frozen=True)
class Stake:
    """What is staked on a bet, in its own currency.

    stake: s > 0. kind: whose money it is. cashed_fraction: q, 0 to 1. cash_out_paid: c >= 0.
    counts: False for a rejected or cancelled bet, which contributes nothing.
    """

    stake: Decimal
    kind: StakeKind = StakeKind.CASH
    cashed_fraction: Decimal = ZERO
    cash_out_paid: Decimal = ZERO
    counts: bool = True

    @property
    def riding(self) -> Decimal:
        """r = s(1 - q), exact: it is no amount of money until it is paid out."""
        return multiply(self.stake, ONE - self.cashed_fraction)

    @property
    def rides(self) -> bool:
        """Whether any of the bet is still to be settled."""
        return self.counts and self.cashed_fraction < ONE


@dataclass(frozen=True)
class Placed:
    """What a bet contributes from the moment it is placed, in the base currency."""

    handle: Decimal
    bonus_handle: Decimal
    cash_out_handle: Decimal
    cash_out_paid: Decimal

    @property
    def handle_riding(self) -> Decimal:
        """The handle that a result will settle."""
        return self.handle - self.cash_out_handle

    @property
    def cash_out_pnl(self) -> Decimal:
        """Realised by cashing out: the stake kept, less what was paid for it."""
        return self.cash_out_handle - self.cash_out_paid


def placed(stake: Stake, money: Money) -> Placed:
    """The handle of a bet and what was cashed out of it."""
    if not stake.counts:
        return Placed(ZERO, ZERO, ZERO, ZERO)
    whole = money.to_base(stake.stake)
    paid = money.to_base(stake.cash_out_paid) if stake.cash_out_paid else ZERO
    if stake.kind is not StakeKind.CASH:
        return Placed(ZERO, whole, ZERO, paid)
    if not stake.cashed_fraction:
        return Placed(whole, ZERO, ZERO, paid)
    cashed = money.to_base(multiply(stake.cashed_fraction, stake.stake))
    return Placed(whole, ZERO, cashed, paid)


def leg_multiplier(odds: Decimal, outcome: Outcome) -> Decimal:
    """What one unit on a leg comes back as, dead heats aside. odds: decimal, > 1."""
    match outcome:
        case Outcome.WIN:
            return odds
        case Outcome.LOSE:
            return ZERO
        case Outcome.HALF_WIN:
            return multiply(ONE + odds, HALF)
        case Outcome.HALF_LOSE:
            return HALF
        case Outcome.VOID | Outcome.PUSH:
            return ONE


def payout(stake: Stake, money: Money, odds: Decimal, outcome: Outcome) -> Decimal:
    """What a settled single pays back, in the base currency.

    A void or push hands back exactly the handle that rides, which a conversion of r could miss
    by a cent.
    """
    if not stake.counts:
        return ZERO
    if outcome in HANDED_BACK:
        return placed(stake, money).handle_riding
    multiplier = leg_multiplier(odds, outcome)
    match stake.kind:
        case StakeKind.FREE:
            multiplier = max(ZERO, multiplier - ONE)
        case StakeKind.BONUS:
            multiplier -= void_share(outcome)
    return money.paid(multiply(stake.riding, multiplier))


def void_share(outcome: Outcome) -> Decimal:
    """How much of a leg's stake is handed back because it was never decided: 0, half or all."""
    match outcome:
        case Outcome.VOID | Outcome.PUSH:
            return ONE
        case Outcome.HALF_WIN | Outcome.HALF_LOSE:
            return HALF
        case _:
            return ZERO


@dataclass(frozen=True)
class LegResult:
    """How a leg of a ticket ended. dead_heat: winners' places and selections tied for them."""

    outcome: Outcome
    dead_heat: tuple[int, int] = (1, 1)


def ticket_payout(
    stake: Stake, money: Money, odds: Sequence[Decimal], results: Sequence[LegResult]
) -> Decimal:
    """What a settled accumulator pays back, in the base currency, rounded once a ticket.

    odds, results: one a leg, in the same order. When every leg is void it hands back exactly the
    handle that rides, as a single does.
    """
    if not stake.counts:
        return ZERO
    if all(result.outcome in HANDED_BACK for result in results):
        return placed(stake, money).handle_riding
    product = ONE
    divisor = 1
    for price, result in zip(odds, results, strict=True):
        product = multiply(product, leg_multiplier(price, result.outcome))
        if result.outcome is Outcome.WIN:
            winners, tied = result.dead_heat
            product = multiply(product, Decimal(winners))
            divisor *= tied
    match stake.kind:
        case StakeKind.FREE:
            product = max(ZERO, product - divisor)
        case StakeKind.BONUS:
            voids = multiply(*(void_share(result.outcome) for result in results))
            product -= multiply(voids, Decimal(divisor))
    # Divided last, so that thirds are never cut before the one rounding.
    amount = EXACT.divide(multiply(stake.riding, product), Decimal(divisor))
    return money.paid(amount)


def dead_heat_payout(payout_win: Decimal, winners: int, tied: int, base_minor: int) -> Decimal:
    """A selection's win sum under a dead heat, rounded once a selection (base currency)."""
    share = EXACT.divide(multiply(payout_win, Decimal(winners)), Decimal(tied))
    return round_half_up(share, base_minor)


class SelectionSums(NamedTuple):
    """What a selection's singles pay on each outcome: sums of amounts rounded bet by bet."""

    handle_riding: Decimal
    payout_win: Decimal
    payout_half_win: Decimal
    payout_half_lose: Decimal


def selection_payout(sums: SelectionSums, result: LegResult, base_minor: int) -> Decimal:
    """What a selection's singles are paid under a result; a dead heat is rounded here, once."""
    match result.outcome:
        case Outcome.WIN:
            winners, tied = result.dead_heat
            return dead_heat_payout(sums.payout_win, winners, tied, base_minor)
        case Outcome.HALF_WIN:
            return sums.payout_half_win
        case Outcome.HALF_LOSE:
            return sums.payout_half_lose
        case Outcome.VOID | Outcome.PUSH:
            return sums.handle_riding
        case Outcome.LOSE:
            return ZERO


def expected_payout(probability: Decimal, payout_win: Decimal) -> Decimal:
    """Probability x payout, to 4 decimals. probability: as stored, 8 decimals."""
    return round_half_up(multiply(probability, payout_win), EXPECTED_DECIMALS)


def theoretical_pnl(handle: Decimal, margin: Decimal) -> Decimal:
    """What the market's margin alone would earn on a handle, to 4 decimals."""
    return round_half_up(multiply(handle, margin), EXPECTED_DECIMALS)


def ticket_margin(margins: Iterable[Decimal]) -> Decimal:
    """What the markets of a ticket keep together, to 8 decimals. margins: of its legs, < 1.

    Markets that pay out more than they take make it negative without end: no less than
    MARGIN_MIN, which is what a DECIMAL(9,8) holds.
    """
    kept = multiply(*(ONE - margin for margin in margins))
    return max(MARGIN_MIN, round_half_up(ONE - kept, PROBABILITY_DECIMALS))


def split(amount: Decimal, parts: int, decimals: int) -> list[Decimal]:
    """An amount >= 0 in equal parts that add up to it; odd units go to the first parts.

    amount: a whole number of units of ``decimals`` decimals. Raises ValueError otherwise.
    """
    units = amount.scaleb(decimals, context=EXACT)
    whole = int(units)
    if units != whole or whole < 0:
        raise ValueError(f"{amount} is no amount >= 0 with {decimals} decimals")
    each, odd = divmod(whole, parts)
    return [Decimal(each + (part < odd)).scaleb(-decimals) for part in range(parts)]
