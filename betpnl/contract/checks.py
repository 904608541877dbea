"""What a schema cannot say of a record: money's decimals, dates, and how fields go together.

A check returns the first thing that is wrong with a record, in words for the person who sent
it, or None. Checks read the record and its arrival in the log, never the clock: the job, the
audit and a rebuild years later decide alike.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from betpnl.contract import limits
from betpnl.contract.currencies import MINOR_UNITS
from betpnl.contract.records import (
    Bet,
    CashOut,
    FxRate,
    Game,
    Leg,
    MarketCancel,
    MarketOdds,
    Result,
)
from betpnl.contract.shapes import shape_fault

_UNITS = tuple(Decimal(1).scaleb(-decimals) for decimals in range(limits.FX_RATE_DECIMALS + 1))
_ZERO = Decimal(0)
_ONE = Decimal(1)


@dataclass(frozen=True)
class Rules:
    """What a deployment fixes about its records.

    base_currency: ISO 4217. bet_horizon_ms: how long before its arrival a bet may have been
    accepted. accepted_ahead_ms: how far past its arrival. from_outside: records come from clients,
    who may not adjust bets.
    """

    base_currency: str
    bet_horizon_ms: int
    accepted_ahead_ms: int
    from_outside: bool = False


def number_fault(
    name: str, value: Decimal, *, above: Decimal | None, at_most: Decimal, decimals: int
) -> str | None:
    """What is wrong with a number that must be > ``above`` (>= 0 if None) and <= ``at_most``."""
    if not value.is_finite():
        return f"{name}: must be a finite number"
    if above is None:
        if value < _ZERO:
            return f"{name}: must not be negative"
    elif value <= above:
        return f"{name}: must be above {above}"
    if value > at_most:
        return f"{name}: must be at most {at_most}"
    # An int: only what is not finite has letters there.
    exponent = int(value.as_tuple().exponent)
    if exponent < -decimals and value.quantize(_UNITS[decimals]) != value:
        return f"{name}: must have at most {decimals} decimals"
    if abs(exponent) > limits.WRITTEN_DECIMALS_MAX:
        return f"{name}: must be written with at most {limits.WRITTEN_DECIMALS_MAX} decimals"
    return None


def time_fault(name: str, value: datetime | None) -> str | None:
    """What is wrong with a time that a DATETIME(3) in UTC has to hold."""
    # One year short at either end, so that no offset can carry it out of range.
    if value is not None and not limits.EARLIEST_YEAR <= value.year < 9999:
        return f"{name}: must lie between the years {limits.EARLIEST_YEAR} and 9998"
    return None


def _leg_fault(leg: Leg, number: int) -> str | None:
    if leg.leg != number:
        return f"legs[{number - 1}].leg: must be {number}: legs are numbered 1, 2, ... in order"
    return number_fault(
        f"legs[{number - 1}].odds",
        leg.odds,
        above=_ONE,
        at_most=limits.ODDS_MAX,
        decimals=limits.ODDS_DECIMALS,
    )


def _cash_out_fault(cash_out: CashOut, minor: int) -> str | None:
    return number_fault(
        "cash_out.fraction",
        cash_out.fraction,
        above=None,
        at_most=_ONE,
        decimals=limits.FRACTION_DECIMALS,
    ) or number_fault(
        "cash_out.amount",
        cash_out.amount,
        above=None,
        at_most=limits.CASH_OUT_MAX,
        decimals=minor,
    )


def _fx_fault(bet: Bet, rules: Rules) -> str | None:
    adjusted = None if bet.adjustment is None else bet.adjustment.fx_rate
    for name, rate in (("fx_rate", bet.fx_rate), ("adjustment.fx_rate", adjusted)):
        fault = None if rate is None else _rate_fault(name, rate)
        if fault is not None:
            return fault
        if rate not in (None, _ONE) and bet.currency == rules.base_currency:
            return f"{name}: must be 1 for the base currency"
    return None


def _rate_fault(name: str, rate: Decimal) -> str | None:
    return number_fault(
        name,
        rate,
        above=_ZERO,
        at_most=limits.FX_RATE_MAX,
        decimals=limits.FX_RATE_DECIMALS,
    )


def _price_fault(bet: Bet) -> str | None:
    if bet.odds is not None:
        return number_fault(
            "odds",
            bet.odds,
            above=_ONE,
            at_most=limits.ODDS_MAX,
            decimals=limits.ODDS_DECIMALS,
        )
    if bet.each_way is not None:
        return number_fault(
            "each_way.fraction",
            bet.each_way.fraction,
            above=_ZERO,
            at_most=_ONE,
            decimals=limits.FRACTION_DECIMALS,
        )
    return None


def payout_fault(bet: Bet, rate: Decimal) -> str | None:
    """Whether a bet could pay more than any column holds. rate: to the base currency."""
    odds = bet.odds or _ONE
    # A builder's legs are priced together; the lines of a system never pay more than all its legs.
    for leg in bet.legs if bet.odds is None else ():
        odds *= leg.odds
        if odds > limits.TOTAL_ODDS_MAX:
            return f"legs: the odds multiply to more than {limits.TOTAL_ODDS_MAX}"
    if bet.stake * rate * odds > limits.PAYOUT_MAX:
        return f"stake: pays back more than {limits.PAYOUT_MAX} if it wins"
    cash_out = bet.cash_out
    if cash_out is not None and cash_out.amount * rate > limits.PAYOUT_MAX:
        return f"cash_out.amount: is worth more than {limits.PAYOUT_MAX}"
    return None


def bet_fault(bet: Bet, arrived_ms: int, rules: Rules) -> str | None:
    """What is wrong with a bet. arrived_ms: its Kafka timestamp, milliseconds since 1970."""
    minor = MINOR_UNITS.get(bet.currency)
    if minor is None:
        return "currency: is not in ISO 4217"
    if rules.from_outside and bet.adjustment is not None:
        return "adjustment: is not for clients; leave it out"
    fault = (
        time_fault("accepted_at", bet.accepted_at)
        or number_fault("stake", bet.stake, above=_ZERO, at_most=limits.STAKE_MAX, decimals=minor)
        or shape_fault(bet)
        or _fx_fault(bet, rules)
    )
    if fault is not None:
        return fault
    for number, leg in enumerate(bet.legs, start=1):
        fault = _leg_fault(leg, number)
        if fault is not None:
            return fault
    fault = _price_fault(bet)
    if fault is None and bet.cash_out is not None:
        fault = _cash_out_fault(bet.cash_out, minor)
    if fault is not None:
        return fault
    age_ms = arrived_ms - bet.accepted_at.timestamp() * 1000
    if age_ms > rules.bet_horizon_ms:
        return f"accepted_at: lies more than {rules.bet_horizon_ms // 86_400_000} days back"
    if -age_ms > rules.accepted_ahead_ms:
        return f"accepted_at: lies more than {rules.accepted_ahead_ms // 1000} s ahead"
    # A rate that is still to come is held against the same bound when it does.
    return payout_fault(bet, bet.fx_rate or _ONE)


def result_fault(result: Result) -> str | None:
    """What is wrong with a result."""
    if result.status == "settled" and result.result is None:
        return "result: missing on a selection that is settled"
    if result.dead_heat is not None:
        winners, tied = result.dead_heat
        if result.result != "win":
            return "dead_heat: goes with result win only"
        if winners > tied:
            return "dead_heat: has more winners than selections tied"
    return time_fault("settled_at", result.settled_at)


def odds_fault(odds: MarketOdds) -> str | None:
    """What is wrong with a market's prices."""
    for selection, price in odds.prices.items():
        fault = number_fault(
            f"prices[{selection}]",
            price,
            above=_ONE,
            at_most=limits.ODDS_MAX,
            decimals=limits.ODDS_DECIMALS,
        )
        if fault is not None:
            return fault
    return time_fault("at", odds.at)


def game_fault(game: Game) -> str | None:
    """What is wrong with a game."""
    return time_fault("starts_at", game.starts_at)


def market_cancel_fault(cancel: MarketCancel) -> str | None:
    """What is wrong with the cancelling of a market."""
    if cancel.from_ is not None and cancel.to is not None and cancel.from_ > cancel.to:
        return "from: lies after to"
    return time_fault("from", cancel.from_) or time_fault("to", cancel.to)


def fx_rate_fault(rate: FxRate) -> str | None:
    """What is wrong with an exchange rate."""
    if rate.currency not in MINOR_UNITS:
        return "currency: is not in ISO 4217"
    return _rate_fault("rate", rate.rate) or time_fault("valid_from", rate.valid_from)
