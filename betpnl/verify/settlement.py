"""How selections and tickets settle under the newest results."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from betpnl import pnl
from betpnl.contract.records import Bet, Leg, Result
from betpnl.verify.valuation import ZERO, money_of, stake_of

Selection = tuple[str, str, str, str]
"""Game, market, line, selection."""

_HANDED_BACK = frozenset({pnl.Outcome.VOID, pnl.Outcome.PUSH})


class Payouts(NamedTuple):
    """What a selection pays on each outcome: sums of amounts rounded bet by bet."""

    handle_riding: Decimal
    payout_win: Decimal
    payout_half_win: Decimal
    payout_half_lose: Decimal


class SettledTicket(NamedTuple):
    """A decided ticket. result: won, lost or void. payout: base currency."""

    result: str
    payout: Decimal


def leg_results(results: Iterable[Result]) -> dict[Selection, pnl.LegResult]:
    """The selections that stand settled, and how; an undone result is none."""
    return {
        (result.game_id, result.market, result.line, result.selection): pnl.LegResult(
            pnl.Outcome(result.result),
            (1, 1) if result.dead_heat is None else (result.dead_heat[0], result.dead_heat[1]),
        )
        for result in results
        if result.status == "settled" and result.result is not None
    }


def selection_payout(sums: Payouts, result: pnl.LegResult, base_minor: int) -> Decimal:
    """What a selection's singles are paid under a result; a dead heat is rounded here, once."""
    match result.outcome:
        case pnl.Outcome.WIN:
            winners, tied = result.dead_heat
            return pnl.dead_heat_payout(sums.payout_win, winners, tied, base_minor)
        case pnl.Outcome.HALF_WIN:
            return sums.payout_half_win
        case pnl.Outcome.HALF_LOSE:
            return sums.payout_half_lose
        case pnl.Outcome.VOID | pnl.Outcome.PUSH:
            return sums.handle_riding
        case pnl.Outcome.LOSE:
            return ZERO


def selection_of(leg: Leg) -> Selection:
    """What a leg is a bet on."""
    return leg.game_id, leg.market, leg.line, leg.selection


def settled_ticket(
    bet: Bet, results: dict[Selection, pnl.LegResult], base_minor: int
) -> SettledTicket | None:
    """How a ticket that rides ends, None while it is open: a lost leg decides it at once."""
    known = [results.get(selection_of(leg)) for leg in bet.legs]
    settled = [result for result in known if result is not None]
    if any(result.outcome is pnl.Outcome.LOSE for result in settled):
        return SettledTicket("lost", ZERO)
    if len(settled) < len(known):
        return None
    odds = [leg.odds for leg in bet.legs]
    payout = pnl.ticket_payout(stake_of(bet), money_of(bet, base_minor), odds, settled)
    if all(result.outcome in _HANDED_BACK for result in settled):
        return SettledTicket("void", payout)
    return SettledTicket("won" if payout > ZERO else "lost", payout)
