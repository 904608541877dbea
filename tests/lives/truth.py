"""What a life must come to, worked out bet by bet with the plain arithmetic.

A second opinion beside betpnl/verify: it shares betpnl/pnl.py and betpnl/ticket_pnl.py with the
job, and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from betpnl import pnl, ticket_pnl
from betpnl.contract.currencies import MINOR_UNITS
from betpnl.pnl import LegResult, Money, Outcome, SelectionSums, Stake, StakeKind
from betpnl.ticket_making import place_odds
from betpnl.tickets import Part, Ticket, TicketLeg, Whole
from tests.lives.strategies import PLACE, Message, Record

MINOR = 2
ZERO = Decimal(0)
Pick = tuple[str, str, str, str]


class Sums(NamedTuple):
    """What a game must say: stakes, what is settled of them, and what was paid."""

    handle: Decimal = ZERO
    bonus_handle: Decimal = ZERO
    settled_handle: Decimal = ZERO
    payout: Decimal = ZERO
    cash_out_pnl: Decimal = ZERO

    def plus(self, *amounts: Decimal) -> Sums:
        """Both together."""
        return Sums(*(one + other for one, other in zip(self, amounts, strict=True)))


def games(messages: Iterable[Message]) -> dict[str, Sums]:
    """The sums of every game that was ever bet on."""
    newest = _newest(messages)
    results = {
        (key[1], key[2], key[3], key[4]): _result(record)
        for key, record in newest.items()
        if key[0] == "results" and record["status"] == "settled"
    }
    found: defaultdict[str, Sums] = defaultdict(Sums)
    books: defaultdict[Pick, list[SelectionSums]] = defaultdict(list)
    for key, bet in newest.items():
        if key[0] == "bets":
            _post(bet, newest, results, found, books)
    for pick, singles in books.items():
        result = results.get(pick)
        if result is not None:
            sums = SelectionSums(*(sum(column, ZERO) for column in zip(*singles, strict=True)))
            paid = pnl.selection_payout(sums, result, MINOR)
            found[pick[0]] = found[pick[0]].plus(ZERO, ZERO, sums.handle_riding, paid, ZERO)
    return dict(found)


def _newest(messages: Iterable[Message]) -> dict[tuple[str, ...], Record]:
    names = {
        "bets": ("bet_id",),
        "results": ("game_id", "market", "line", "selection"),
        "market_cancels": ("game_id", "market", "line"),
        "fx_rates": ("currency", "valid_from"),
        "games": ("game_id",),
    }
    newest: dict[tuple[str, ...], Record] = {}
    for topic, record in messages:
        key = (topic, *(record[name] for name in names[topic]))
        if key not in newest or record["version"] > newest[key]["version"]:
            newest[key] = record
    return newest


def _result(record: Record) -> LegResult:
    winners, tied = record["dead_heat"] or (1, 1)
    return LegResult(Outcome(record["result"]), (winners, tied))


def _rate(bet: Record, newest: dict[tuple[str, ...], Record]) -> Decimal | None:
    if bet["fx_rate"] is not None:
        return Decimal(str(bet["fx_rate"]))
    if bet["currency"] == "EUR":
        return Decimal(1)
    accepted = datetime.fromisoformat(bet["accepted_at"])
    valid = [
        (datetime.fromisoformat(record["valid_from"]), Decimal(str(record["rate"])))
        for key, record in newest.items()
        if key[:2] == ("fx_rates", bet["currency"])
        and datetime.fromisoformat(record["valid_from"]) <= accepted
    ]
    return max(valid)[1] if valid else None


def _is_called_off(bet: Record, newest: dict[tuple[str, ...], Record]) -> bool:
    accepted = datetime.fromisoformat(bet["accepted_at"])
    for leg in bet["legs"]:
        for market in (leg["market"], *([PLACE] if bet["bet_type"] == "each_way" else [])):
            cancel = newest.get(("market_cancels", leg["game_id"], market, leg["line"]))
            if cancel is None or cancel["status"] != "cancelled":
                continue
            begins, ends = (
                None if cancel[end] is None else datetime.fromisoformat(cancel[end])
                for end in ("from", "to")
            )
            if (begins is None or begins <= accepted) and (ends is None or accepted < ends):
                return True
    return False


def _post(
    bet: Record,
    newest: dict[tuple[str, ...], Record],
    results: dict[Pick, LegResult],
    found: defaultdict[str, Sums],
    books: defaultdict[Pick, list[SelectionSums]],
) -> None:
    rate = _rate(bet, newest)
    counts = bet["status"] in ("accepted", "cashed_out") and rate is not None
    cash_out = bet.get("cash_out") or {"fraction": 0, "amount": 0}
    stake = Stake(
        Decimal(str(bet["stake"])),
        StakeKind(bet["stake_type"]),
        Decimal(str(cash_out["fraction"])),
        Decimal(str(cash_out["amount"])),
        counts and not _is_called_off(bet, newest),
    )
    money = Money(MINOR_UNITS[bet["currency"]], MINOR, rate or ZERO)
    placed = pnl.placed(stake, money)
    if bet["bet_type"] == "single":
        (leg,) = bet["legs"]
        found[leg["game_id"]] = found[leg["game_id"]].plus(
            placed.handle, placed.bonus_handle, ZERO, ZERO, placed.cash_out_pnl
        )
        odds = Decimal(str(leg["odds"]))
        pays = (
            pnl.payout(stake, money, odds, end)
            for end in (Outcome.WIN, Outcome.HALF_WIN, Outcome.HALF_LOSE)
        )
        books[_pick(leg)].append(SelectionSums(placed.handle_riding, *pays))
        return
    ticket = _ticket(bet, stake, money)
    known = {
        place: results[pick]
        for place, each in enumerate(ticket.legs)
        if (pick := (each.game_id, each.market, each.line, each.selection)) in results
    }
    parts = len(ticket.legs)
    handles, bonuses, cashed, paid = (
        pnl.split(amount, parts, MINOR)
        for amount in (
            placed.handle,
            placed.bonus_handle,
            placed.cash_out_handle,
            placed.cash_out_paid,
        )
    )
    decided = stake.rides and bool(known) and ticket_pnl.is_decided(ticket, known)
    payout = ticket_pnl.payout_if(ticket, known, ticket_pnl.LOST) if decided else ZERO
    payouts = pnl.split(payout, parts, MINOR)
    for place, each in enumerate(ticket.legs):
        riding = handles[place] - cashed[place]
        found[each.game_id] = found[each.game_id].plus(
            handles[place],
            bonuses[place],
            riding if decided else ZERO,
            payouts[place],
            cashed[place] - paid[place],
        )


def _pick(leg: Record) -> Pick:
    return leg["game_id"], leg["market"], leg["line"], leg["selection"]


def _ticket(bet: Record, stake: Stake, money: Money) -> Ticket:
    legs = [_leg(leg, Decimal(str(leg["odds"])), leg["market"]) for leg in bet["legs"]]
    every = tuple(range(len(legs)))
    parts: tuple[Part, ...] = (Part(every, (len(legs),)),)
    match bet["bet_type"]:
        case "system":
            bankers = tuple(number - 1 for number in bet["system"]["bankers"])
            others = tuple(place for place in every if place not in bankers)
            parts = (Part(others, tuple(bet["system"]["sizes"]), bankers),)
        case "bet_builder":
            whole = Whole(Decimal(str(bet["odds"])), ZERO)
            parts = (Part(every, (len(legs),), whole=whole),)
        case "each_way":
            fraction = Decimal(str(bet["each_way"]["fraction"]))
            legs += [
                _leg(leg, place_odds(legs[at].odds, fraction), PLACE)
                for at, leg in enumerate(bet["legs"])
            ]
            places = tuple(range(len(every), 2 * len(every)))
            parts = (Part(every, (len(every),)), Part(places, (len(every),)))
    return Ticket(stake, money, ZERO, ZERO, tuple(legs), parts)


def _leg(leg: Record, odds: Decimal, market: Any) -> TicketLeg:
    return TicketLeg(
        leg["game_id"], market, leg["line"], leg["selection"], odds, leg["sport"], True, True,
        ZERO, True,
    )  # fmt: skip
