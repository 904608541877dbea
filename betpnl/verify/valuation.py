"""What a bet contributes, worked out with betpnl/pnl.py, and the rows that say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

import msgspec

from betpnl import pnl, ticket_pnl
from betpnl.bet_money import money_of, stake_of
from betpnl.contract.records import Adjustment, Bet
from betpnl.contract.texts import legs_text, terms_text
from betpnl.references import resolve
from betpnl.ticket_making import LegChance, is_single, ticket_of
from betpnl.tickets import Ticket, TicketLeg
from betpnl.verify.history import mysql_time
from betpnl.verify.tables import Row

ZERO, ONE = Decimal(0), Decimal(1)
_UNKNOWN = LegChance(ZERO, False, ZERO)


class Score(NamedTuple):
    """What is stored with a bet of the model's word on it; the audit takes it as it stands.

    legs: of a ticket, by leg whether it wins: probability and prediction.
    """

    p_win: Decimal
    model_version: str
    predicted_win: bool
    margin: Decimal
    legs: Sequence[tuple[Decimal, bool]] = ()


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

    game_id: str
    sport: str
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


@lru_cache(maxsize=100_000)
def _single(stake: pnl.Stake, money: pnl.Money, odds: Decimal) -> Amounts:
    return Amounts(
        pnl.placed(stake, money),
        pnl.payout(stake, money, odds, pnl.Outcome.WIN),
        pnl.payout(stake, money, odds, pnl.Outcome.HALF_WIN),
        pnl.payout(stake, money, odds, pnl.Outcome.HALF_LOSE),
    )


def ticket_for(bet: Bet, score: Score, base_minor: int) -> Ticket:
    """The ticket of a bet that is no single, with the probabilities that are stored."""
    made = ticket_of(bet, stake_of(bet), money_of(bet, base_minor), [_UNKNOWN] * len(bet.legs))
    stored = score.legs if len(score.legs) == len(made.legs) else [(ZERO, False)] * len(made.legs)
    legs = tuple(
        replace(leg, probability=probability, predicted=predicted)
        for leg, (probability, predicted) in zip(made.legs, stored, strict=True)
    )
    parts = tuple(
        part
        if part.whole is None
        else replace(part, whole=replace(part.whole, probability=score.p_win))
        for part in made.parts
    )
    return replace(made, probability=score.p_win, legs=legs, parts=parts)


def amounts_of(bet: Bet, base_minor: int, ticket: Ticket | None) -> Amounts:
    """Handle and payouts of a bet; of a ticket only the payout if every leg wins."""
    stake, money = stake_of(bet), money_of(bet, base_minor)
    if ticket is None:
        return _single(stake, money, bet.legs[0].odds)
    return Amounts(pnl.placed(stake, money), ticket.payout_win, ZERO, ZERO)


def value_of(bet: Bet, score: Score, base_minor: int) -> Value:
    """Everything that a bet contributes."""
    stake = stake_of(bet)
    ticket = None if is_single(bet) else ticket_for(bet, score, base_minor)
    placed, win, half_win, half_lose = amounts_of(bet, base_minor, ticket)
    riding, cash_out_pnl = placed.handle_riding, placed.cash_out_pnl
    expected = pnl.expected_payout(score.p_win, win)
    if ticket is not None:
        predicted = ticket_pnl.predicted_payout(ticket)
    else:
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


def shares_of(
    legs: Sequence[TicketLeg], value: Value, margin: Decimal, base_minor: int
) -> Sequence[Share]:
    """A ticket's value by leg, in equal parts that add up to it."""
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
    shares = []
    for leg, handle, bonus, cashed, paid, expected, predicted in columns:
        riding, cash_out_pnl = handle - cashed, cashed - paid
        shares.append(
            Share(
                game_id=leg.game_id,
                sport=leg.sport,
                in_game=leg.first_in_game,
                in_sport=leg.first_in_sport,
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
    return shares


def bet_row(bet: Bet, score: Score, value: Value) -> Row:
    """The row of table ``bet``."""
    if is_single(bet):
        (first,) = bet.legs
        selection = (first.game_id, first.market, first.line, first.selection)
        odds = first.odds
    else:
        selection = ("", "", "", "")
        odds = ticket_pnl.total_odds(ticket_for(bet, score, 0))
    return (
        bet.bet_id,
        bet.version,
        resolve.status_of(bet),
        mysql_time(bet.accepted_at),
        bet.customer_id,
        bet.channel,
        bet.region,
        bet.currency,
        resolve.rate_of(bet),
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
        terms_text(bet, resolve.status_of(bet)),
        resolve.number_of(bet),
        int(resolve.is_called_off(bet)),
    )


def version_row(bet: Bet, age: int, score: Score, value: Value) -> Row:
    """The row of table ``bet_version`` for a version of that age, from 2."""
    return (
        bet.bet_id,
        age,
        bet.version,
        resolve.status_of(bet),
        mysql_time(bet.accepted_at),
        bet.currency,
        resolve.rate_of(bet),
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
        terms_text(bet, resolve.status_of(bet)),
        resolve.number_of(bet),
        int(resolve.is_called_off(bet)),
    )


def as_it_came(record: Bet, rate: Decimal, called_off: bool) -> Bet:
    """A record as it was valued when it came in, by what is stored of that."""
    if not record.adjustment and not called_off and record.fx_rate is not None:
        return record
    adjustment = Adjustment(
        number=resolve.number_of(record), cancelled=called_off, fx_rate=rate or None
    )
    return msgspec.structs.replace(record, adjustment=adjustment)


def ticket_leg_row(bet: Bet, number: int, leg: TicketLeg) -> Row:
    """The row of table ``ticket_leg``; number: of the leg, from 1."""
    return (
        bet.bet_id,
        number,
        leg.game_id,
        leg.market,
        leg.line,
        leg.selection,
        pnl.round_half_up(leg.odds, 4),
        leg.probability,
        int(leg.predicted),
        mysql_time(bet.accepted_at),
    )
