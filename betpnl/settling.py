"""Tickets of several legs: from the results of their legs to what they pay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from betpnl import pnl
from betpnl.packing import FIELD, ROW, number, pack
from betpnl.tickets import Ticket, unpack

Row = list[str | None]

RESULT_SEPARATOR = "\x1c"
_VOIDS = frozenset({pnl.Outcome.VOID, pnl.Outcome.PUSH})


def outcome_of(results: Iterable[pnl.LegResult], payout: Decimal) -> str:
    """The ticket's result in a word: won, lost, or void if every leg was."""
    if all(result.outcome in _VOIDS for result in results):
        return "void"
    return "won" if payout > 0 else "lost"


def settle(ticket: Ticket, results: dict[int, pnl.LegResult]) -> Row | None:
    """The row of a decided ticket, or None while it is open. results: by leg, from 1.

    [result, handle, payout, expected payout, shares], shares a row a leg: game, 1 where the
    ticket counts, and the leg's share of handle, payout and expected payout.
    """
    lost = any(result.outcome is pnl.Outcome.LOSE for result in results.values())
    if not lost and len(results) < len(ticket.legs):
        return None
    if lost:
        payout = Decimal(0)
        word = "lost"
    else:
        in_order = [results[number_] for number_ in sorted(results)]
        odds = [leg.odds for leg in ticket.legs]
        payout = pnl.ticket_payout(ticket.stake, ticket.money, odds, in_order)
        word = outcome_of(in_order, payout)
    placed = pnl.placed(ticket.stake, ticket.money)
    expected = pnl.expected_payout(ticket.probability, ticket.payout_win)
    return [
        word,
        number(placed.handle_riding),
        number(payout),
        number(expected),
        pack(shares(ticket, placed, payout, expected), ROW),
    ]


def shares(ticket: Ticket, placed: pnl.Placed, payout: Decimal, expected: Decimal) -> Sequence[str]:
    """Each leg's share of a settled ticket, packed."""
    parts, minor = len(ticket.legs), ticket.money.base_minor
    columns = (
        pnl.split(placed.handle, parts, minor),
        pnl.split(placed.cash_out_handle, parts, minor),
        pnl.split(payout, parts, minor),
        pnl.split(expected, parts, pnl.EXPECTED_DECIMALS),
    )
    return [
        pack(
            (
                leg.game_id,
                "1" if leg.first_in_game else "0",
                number(handle - cashed),
                number(paid),
                number(hoped),
            )
        )
        for leg, handle, cashed, paid, hoped in zip(ticket.legs, *columns, strict=True)
    ]


def settle_packed(leg_results: Sequence[str] | None) -> Row | None:
    """``settle`` for what the job gathers: texts of ``leg, result, winners, tied`` and ticket.

    Between two versions of a ticket the legs of both may be gathered for a moment: then the
    ticket is as good as open, and the row that counts follows at once.
    """
    if leg_results is None or len(leg_results) == 0:
        return None
    results: dict[int, pnl.LegResult] = {}
    tickets: set[str] = set()
    for text in leg_results:
        leg_result, _, ticket = text.partition(RESULT_SEPARATOR)
        leg, outcome, winners, tied = leg_result.split(FIELD)
        if int(leg) in results:
            return None
        results[int(leg)] = pnl.LegResult(pnl.Outcome(outcome), (int(winners), int(tied)))
        tickets.add(ticket)
    if len(tickets) != 1:
        return None
    return settle(unpack(tickets.pop()), results)
