"""How selections and tickets settle under the newest results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from betpnl import pnl
from betpnl.contract.records import Leg, Result
from betpnl.settling import SettledLeg, Standing, standing
from betpnl.tickets import Ticket
from betpnl.verify.history import mysql_time

Selection = tuple[str, str, str, str]
"""Game, market, line, selection."""


class Ending(NamedTuple):
    """How a selection ended. second: when, as MySQL prints it."""

    result: pnl.LegResult
    second: str


def endings(results: Iterable[Result]) -> dict[Selection, Ending]:
    """The selections that stand settled, and how; an undone result is none."""
    return {
        (result.game_id, result.market, result.line, result.selection): Ending(
            pnl.LegResult(
                pnl.Outcome(result.result),
                (1, 1) if result.dead_heat is None else (result.dead_heat[0], result.dead_heat[1]),
            ),
            second_of(result.settled_at),
        )
        for result in results
        if result.status == "settled" and result.result is not None
    }


def second_of(time: datetime) -> str:
    """The second that a time lies in, as MySQL prints it."""
    return (mysql_time(time) or "")[:20] + "000"


def selection_of(leg: Leg) -> Selection:
    """What a leg is a bet on."""
    return leg.game_id, leg.market, leg.line, leg.selection


def standing_of(ticket: Ticket, endings: Mapping[Selection, Ending]) -> Standing | None:
    """How a ticket that rides stands, None while none of its legs has a result."""
    settled = settled_legs(ticket, endings)
    return standing(ticket, settled) if settled else None


def settled_legs(ticket: Ticket, endings: Mapping[Selection, Ending]) -> dict[int, SettledLeg]:
    """The legs of a ticket that have a result, by their places."""
    known = (
        (place, endings.get((leg.game_id, leg.market, leg.line, leg.selection)))
        for place, leg in enumerate(ticket.legs)
    )
    return {place: SettledLeg(*ending) for place, ending in known if ending is not None}
