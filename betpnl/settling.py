"""Tickets: from the results of their legs to what they pay, or to what is still in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from betpnl import pnl, ticket_pnl
from betpnl.packing import FIELD, ROW, number, pack
from betpnl.tickets import Ticket, unpack

Row = list[str | None]

TICKET = "\x1c"
"""What only the text of a ticket holds: it stands between its tag and the ticket."""


class SettledLeg(NamedTuple):
    """How a leg ended. second: when, as text that sorts as time does."""

    result: pnl.LegResult
    second: str


Settled = Mapping[int, SettledLeg]
"""By the legs' places in the ticket, from 0, those that have a result."""


class Standing(NamedTuple):
    """How a ticket with at least one result stands; money in the base currency.

    result: won, lost or void, None while it is open. second: when that was decided, or of the last
    result of an open one. payout: what it pays, or pays if every open leg wins. expected_payout:
    as it was placed; revalued: by how much its results have moved that, 0 once it is decided.
    """

    result: str | None
    second: str
    payout: Decimal
    expected_payout: Decimal
    revalued: Decimal


def outcome_of(results: Iterable[pnl.LegResult], payout: Decimal) -> str:
    """The ticket's result in a word: won, lost, or void if every leg was."""
    if all(result.outcome in pnl.HANDED_BACK for result in results):
        return "void"
    return "won" if payout > 0 else "lost"


def decided_at(ticket: Ticket, settled: Settled) -> str:
    """The second of the result that decided a ticket; of an accumulator its first lost leg's."""
    if ticket.is_accumulator:
        lost = [leg.second for leg in settled.values() if leg.result.outcome is pnl.Outcome.LOSE]
        return min(lost) if lost else max(leg.second for leg in settled.values())
    known: dict[int, pnl.LegResult] = {}
    second = ""
    for place, leg in sorted(settled.items(), key=lambda item: item[1].second):
        known[place], second = leg.result, leg.second
        if ticket_pnl.is_decided(ticket, known):
            break
    return second


def standing(ticket: Ticket, settled: Settled) -> Standing:
    """How a ticket stands."""
    results = {place: leg.result for place, leg in settled.items()}
    expected = pnl.expected_payout(ticket.probability, ticket.payout_win)
    if ticket_pnl.is_decided(ticket, results):
        payout = ticket_pnl.payout_if(ticket, results, ticket_pnl.LOST)
        ends = [results.get(place, ticket_pnl.LOST) for place in range(len(ticket.legs))]
        word = outcome_of(ends, payout)
        return Standing(word, decided_at(ticket, settled), payout, expected, pnl.ZERO)
    prospect = ticket_pnl.prospect(ticket, results)
    last = max(leg.second for leg in settled.values())
    return Standing(None, last, prospect.payout, expected, prospect.expected_payout - expected)


def settle(ticket: Ticket, settled: Settled) -> Row:
    """The row of a ticket: [result, handle, payout, expected payout, shares, second].

    While it is open result is None. shares: a row a leg, as ``_shares`` has it.
    """
    stands = standing(ticket, settled)
    placed = pnl.placed(ticket.stake, ticket.money)
    return [
        stands.result,
        number(placed.handle_riding),
        number(stands.payout),
        number(stands.expected_payout),
        pack(_shares(ticket, placed, stands, settled), ROW),
        stands.second,
    ]


def _shares(
    ticket: Ticket, placed: pnl.Placed, stands: Standing, settled: Settled
) -> Sequence[str]:
    """What a ticket puts on each leg's game and selection, packed.

    Selection; then the leg's share: 1 where the ticket counts, handle, payout,
    expected payout (all 0 while it is open), and by how much it was revalued; then what no longer
    rides on the selection: tickets, handle and payout of the whole ticket; then the segment: sport,
    competition, channel, region, currency, and 1 where the ticket counts among segments; last what
    is gone of an accumulator's expected payout and of its swing on the leg.
    """
    parts, minor = len(ticket.legs), ticket.money.base_minor
    decided = stands.result is not None

    def share(amount: Decimal, decimals: int) -> Sequence[Decimal]:
        if not decided or not amount:
            return [pnl.ZERO] * parts
        return pnl.split(amount, parts, decimals)

    columns = zip(
        ticket.legs,
        share(placed.handle, minor),
        share(placed.cash_out_handle, minor),
        share(stands.payout, minor),
        share(stands.expected_payout, pnl.EXPECTED_DECIMALS),
        _revalued(stands, parts),
        strict=True,
    )
    before = ticket_pnl.product_payout(ticket, stands.expected_payout)
    now = ticket_pnl.product_payout(ticket, stands.expected_payout + stands.revalued)
    # The same on each leg, as text: digits cost more than all else here.
    if_closed = (
        "1",
        number(placed.handle_riding),
        number(ticket.payout_win),
        number(before),
    )
    if_open = ("0", "0", number(ticket.payout_win - stands.payout), number(before - now))
    rows = []
    for place, (leg, handle, cashed, paid, hoped, revalued) in enumerate(columns):
        closed = decided or place in settled
        tickets_gone, handle_gone, payout_gone, product_gone = if_closed if closed else if_open
        swing = ticket_pnl.swing(before, leg.probability)
        if not closed:
            swing -= ticket_pnl.swing(now, leg.probability)
        rows.append(
            pack(
                (
                    leg.game_id,
                    leg.market,
                    leg.line,
                    leg.selection,
                    "1" if decided and leg.first_in_game else "0",
                    number(handle - cashed),
                    number(paid),
                    number(hoped),
                    number(revalued),
                    tickets_gone,
                    handle_gone,
                    payout_gone,
                    leg.sport,
                    leg.competition,
                    *ticket.labels,
                    "1" if decided and place == 0 else "0",
                    product_gone,
                    number(swing),
                )
            )
        )
    return rows


def _revalued(stands: Standing, parts: int) -> list[Decimal]:
    """By how much each leg's share of the expected payout has moved: only what is >= 0 is split."""
    if not stands.revalued:
        return [pnl.ZERO] * parts
    after = pnl.split(stands.expected_payout + stands.revalued, parts, pnl.EXPECTED_DECIMALS)
    before = pnl.split(stands.expected_payout, parts, pnl.EXPECTED_DECIMALS)
    return [now - then for now, then in zip(after, before, strict=True)]


def settle_packed(gathered: Sequence[str] | None) -> Row | None:
    """``settle`` for what the job gathers of a ticket: its text, and a text for each leg's result.

    The ticket is ``tag, TICKET, ticket``, a result ``tag, leg, result, winners, tied, second``,
    legs from 1. The tag names the version of the ticket: text and results come on ways of their
    own, so those of two versions may be gathered for a moment. Results of another version do not
    count; while there are two texts, or none, the ticket is as good as untouched. The row that
    counts follows at once.
    """
    if gathered is None:
        return None
    tickets = [text for text in gathered if TICKET in text]
    if len(tickets) != 1:
        return None
    tag, _, ticket = tickets[0].partition(TICKET)
    settled: dict[int, SettledLeg] = {}
    for text in gathered:
        if TICKET in text:
            continue
        of_tag, leg, outcome, winners, tied, second = text.split(FIELD)
        if of_tag != tag:
            continue
        place = int(leg) - 1
        if place in settled:
            return None
        result = pnl.LegResult(pnl.Outcome(outcome), (int(winners), int(tied)))
        settled[place] = SettledLeg(result, second)
    return settle(unpack(ticket), settled) if settled else None
