"""What a bet contributes, worked out with betpnl/pnl.py, and the rows that say so."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from betpnl import pnl
from betpnl.contract.currencies import MINOR_UNITS
from betpnl.contract.records import Bet, Leg
from betpnl.contract.texts import legs_text
from betpnl.verify.history import mysql_time
from betpnl.verify.tables import Row

ZERO, ONE = Decimal(0), Decimal(1)
_WON = pnl.LegResult(pnl.Outcome.WIN)


class Score(NamedTuple):
    """What is stored with a bet of the model's word on it; the audit takes it as it stands."""

    p_win: Decimal
    model_version: str
    predicted_win: bool
    margin: Decimal


NO_SCORE = Score(ZERO, "", False, ZERO)
"""Of a bet that MySQL does not have."""


class Amounts(NamedTuple):
    """The part of a bet's value that no score enters, in the base currency."""

    placed: pnl.Placed
    payout_win: Decimal
    payout_half_win: Decimal
    payout_half_lose: Decimal


class Value(NamedTuple):
    """What a bet contributes, in the base currency. The first two are counts, 0 or 1."""

    bets: int
    riding_bets: int
    handle: Decimal
    bonus_handle: Decimal
    handle_riding: Decimal
    cash_out_handle: Decimal
    cash_out_paid: Decimal
    payout_win: Decimal
    payout_half_win: Decimal
    payout_half_lose: Decimal
    expected_payout: Decimal
    predicted_payout: Decimal
    expected_pnl: Decimal
    predicted_pnl: Decimal
    theoretical_pnl: Decimal
    cash_out_pnl: Decimal


class Share(NamedTuple):
    """A leg's part of a bet. in_game, in_sport: whether the bet is counted at this leg."""

    leg: Leg
    in_game: bool
    in_sport: bool
    handle: Decimal
    bonus_handle: Decimal
    handle_riding: Decimal
    cash_out_handle: Decimal
    cash_out_paid: Decimal
    expected_payout: Decimal
    expected_pnl: Decimal
    predicted_pnl: Decimal
    theoretical_pnl: Decimal
    cash_out_pnl: Decimal


def stake_of(bet: Bet) -> pnl.Stake:
    """The bet's stake as the arithmetic takes it."""
    counts = bet.status == "accepted" or bet.status == "cashed_out"
    free = bet.stake_type == "free"
    if bet.cash_out is None:
        return pnl.Stake(bet.stake, free, counts=counts)
    return pnl.Stake(bet.stake, free, bet.cash_out.fraction, bet.cash_out.amount, counts)


def money_of(bet: Bet, base_minor: int) -> pnl.Money:
    """The bet's currency as the arithmetic takes it."""
    return pnl.Money(
        MINOR_UNITS[bet.currency], base_minor, ONE if bet.fx_rate is None else bet.fx_rate
    )


@lru_cache(maxsize=100_000)
def _single(stake: pnl.Stake, money: pnl.Money, odds: Decimal) -> Amounts:
    return Amounts(
        pnl.placed(stake, money),
        pnl.payout(stake, money, odds, pnl.Outcome.WIN),
        pnl.payout(stake, money, odds, pnl.Outcome.HALF_WIN),
        pnl.payout(stake, money, odds, pnl.Outcome.HALF_LOSE),
    )


def amounts_of(bet: Bet, base_minor: int) -> Amounts:
    """Handle and payouts of a bet; of a ticket only the payout if every leg wins."""
    stake, money = stake_of(bet), money_of(bet, base_minor)
    if len(bet.legs) == 1:
        return _single(stake, money, bet.legs[0].odds)
    odds = [leg.odds for leg in bet.legs]
    won = pnl.ticket_payout(stake, money, odds, [_WON] * len(odds))
    return Amounts(pnl.placed(stake, money), won, ZERO, ZERO)


def value_of(bet: Bet, score: Score, base_minor: int) -> Value:
    """Everything that a bet contributes."""
    stake = stake_of(bet)
    placed, win, half_win, half_lose = amounts_of(bet, base_minor)
    riding, cash_out_pnl = placed.handle_riding, placed.cash_out_pnl
    expected = pnl.expected_payout(score.p_win, win)
    predicted = win if score.predicted_win else ZERO
    return Value(
        bets=int(stake.counts),
        riding_bets=int(stake.rides),
        handle=placed.handle,
        bonus_handle=placed.bonus_handle,
        handle_riding=riding,
        cash_out_handle=placed.cash_out_handle,
        cash_out_paid=placed.cash_out_paid,
        payout_win=win,
        payout_half_win=half_win,
        payout_half_lose=half_lose,
        expected_payout=expected,
        predicted_payout=predicted,
        expected_pnl=riding - expected + cash_out_pnl,
        predicted_pnl=riding - predicted + cash_out_pnl,
        theoretical_pnl=pnl.theoretical_pnl(placed.handle, score.margin),
        cash_out_pnl=cash_out_pnl,
    )


def shares_of(bet: Bet, value: Value, margin: Decimal, base_minor: int) -> Sequence[Share]:
    """A bet's value by leg: a single's whole, a ticket's in equal parts that add up to it."""
    legs = bet.legs
    parts = len(legs)

    def split(amount: Decimal) -> list[Decimal]:
        return pnl.split(amount, parts, base_minor)

    columns = zip(
        legs,
        split(value.handle),
        split(value.bonus_handle),
        split(value.cash_out_handle),
        split(value.cash_out_paid),
        pnl.split(value.expected_payout, parts, pnl.EXPECTED_DECIMALS),
        split(value.predicted_payout),
        strict=True,
    )
    games: set[str] = set()
    sports: set[str] = set()
    shares = []
    for leg, handle, bonus, cashed, paid, expected, predicted in columns:
        riding, cash_out_pnl = handle - cashed, cashed - paid
        shares.append(
            Share(
                leg=leg,
                in_game=leg.game_id not in games,
                in_sport=leg.sport not in sports,
                handle=handle,
                bonus_handle=bonus,
                handle_riding=riding,
                cash_out_handle=cashed,
                cash_out_paid=paid,
                expected_payout=expected,
                expected_pnl=riding - expected + cash_out_pnl,
                predicted_pnl=riding - predicted + cash_out_pnl,
                theoretical_pnl=pnl.theoretical_pnl(handle, margin),
                cash_out_pnl=cash_out_pnl,
            )
        )
        games.add(leg.game_id)
        sports.add(leg.sport)
    return shares


def bet_row(bet: Bet, score: Score, value: Value) -> Row:
    """The row of table ``bet``."""
    first = bet.legs[0]
    if len(bet.legs) == 1:
        selection = (first.game_id, first.market, first.line, first.selection)
        odds = first.odds
    else:
        selection = ("", "", "", "")
        odds = pnl.round_half_up(pnl.multiply(*(leg.odds for leg in bet.legs)), 4)
    return (
        bet.bet_id,
        bet.version,
        bet.status,
        mysql_time(bet.accepted_at),
        bet.customer_id,
        bet.channel,
        bet.region,
        bet.currency,
        ONE if bet.fx_rate is None else bet.fx_rate,
        bet.stake,
        bet.stake_type,
        bet.bet_type,
        len(bet.legs),
        *selection,
        odds,
        score.p_win,
        score.model_version,
        int(score.predicted_win),
        score.margin,
        value.handle,
        value.bonus_handle,
        value.handle_riding,
        value.cash_out_handle,
        value.cash_out_paid,
        value.payout_win,
        value.payout_half_win,
        value.payout_half_lose,
        value.expected_payout,
        value.expected_pnl,
        value.predicted_pnl,
        value.theoretical_pnl,
        value.cash_out_pnl,
        legs_text(bet.legs),
    )


def version_row(bet: Bet, age: int, score: Score, value: Value) -> Row:
    """The row of table ``bet_version`` for a version of that age, from 2."""
    return (
        bet.bet_id,
        age,
        bet.version,
        bet.status,
        mysql_time(bet.accepted_at),
        bet.currency,
        ONE if bet.fx_rate is None else bet.fx_rate,
        bet.stake,
        bet.stake_type,
        bet.bet_type,
        score.p_win,
        score.model_version,
        value.handle,
        value.cash_out_handle,
        value.cash_out_paid,
        value.payout_win,
        value.expected_pnl,
        legs_text(bet.legs),
    )
