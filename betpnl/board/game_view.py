"""What the page of a game shows, as plain values for the browser. Money is decimal text."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from betpnl import score_markets
from betpnl.api.pnl.answers import BetAnswer, MarketPnl, SelectionPnl, decimal_text
from betpnl.api.pnl.bets import Refused
from betpnl.board import choice_query
from betpnl.board.game_reading import GameReading, LatestBet, RejectedBet, Tickets
from betpnl.board.what_if import Choice, Key, Market, WhatIf, what_if
from betpnl.pnl import Outcome

Json = dict[str, Any]

# As on a coupon; whatever else there is comes behind, by name.
_SELECTIONS = (
    "home", "home_or_draw", "1x", "draw", "home_or_away", "12", "away", "draw_or_away", "x2",
    "over", "under", "yes", "no", "odd", "even",
)  # fmt: skip
_LAST = 1000


def order(row: MarketPnl) -> tuple[Any, ...]:
    """Where a market stands on the page: those that a score decides first, by their lines."""
    known = score_markets.MARKETS
    place = known.index(row.market) if row.market in known else _LAST
    try:
        line = Decimal(row.line or 0)
    except InvalidOperation:
        line = Decimal("Infinity")
    return place, row.market, (line if line.is_finite() else Decimal("Infinity")), row.line


def _place(row: SelectionPnl) -> tuple[int, str]:
    known = row.selection in _SELECTIONS
    return (_SELECTIONS.index(row.selection) if known else _LAST), row.selection


def head(reading: GameReading) -> Json:
    """Who plays, how it stands, and the PNL in its parts."""
    answer = reading.answer
    shown: Json = msgspec.to_builtins(answer.game) | msgspec.to_builtins(answer.mark)
    # Its clock moves with every bet, whatever else does.
    del shown["updated_at"]
    return shown


def tickets(held: Tickets) -> Json:
    """The accumulators on the game."""
    return {"open_bets": held.open_bets, "expected_pnl": decimal_text(held.expected_pnl)}


def market(row: MarketPnl, choice: Choice, outcomes: Mapping[Key, Outcome]) -> Json:
    """A market as a ladder: with marks for the worst and the best, and what is chosen."""
    key = Market(row.market, row.line)
    winner = choice.winners.get(key)
    most = max((Decimal(each.handle_riding) for each in row.selections), default=Decimal(0))
    marks = _marks(row)
    return {
        "market": row.market,
        "line": row.line,
        "handle_riding": row.handle_riding,
        "realised_pnl": row.realised_pnl,
        "worst_case": row.worst_case,
        "best_case": row.best_case,
        "is_open": any(each.result is None for each in row.selections),
        "rungs": [
            {
                **_rung(each),
                "share": _percent(Decimal(each.handle_riding), most),
                "mark": marks.get(each.selection, ""),
                "chosen": each.result is None and each.selection == winner,
                "outcome": outcomes.get(Key(key, each.selection)),
            }
            for each in sorted(row.selections, key=_place)
        ],
    }


def _rung(row: SelectionPnl) -> Json:
    names = (
        *("selection", "odds", "probability", "bets", "handle_riding", "payout_win"),
        *("tickets", "tickets_handle_riding", "tickets_payout_win"),
        *("pnl_if_win", "result", "dead_heat", "payout"),
    )
    return {name: getattr(row, name) for name in names}


def _percent(part: Decimal, whole: Decimal) -> int:
    return int(100 * part / whole) if whole else 0


def _marks(row: MarketPnl) -> dict[str, str]:
    """Which open selections are the worst and the best for us to win; none if all are alike."""
    brings = {
        each.selection: Decimal(each.pnl_if_win)
        for each in row.selections
        if each.pnl_if_win is not None
    }
    worst, best = min(brings.values(), default=None), max(brings.values(), default=None)
    if worst == best:
        return {}
    return {
        name: "worst" if brought == worst else "best"
        for name, brought in brings.items()
        if brought in (worst, best)
    }


def result(reading: GameReading, choice: Choice, base_minor: int) -> tuple[Json, WhatIf]:
    """The line of the what-if, what the choice brings against what stands now; and the choice's."""
    held = reading.tickets
    now, chosen = (
        what_if(reading.selections, held.realised_aside, each, base_minor)
        for each in (Choice(), choice)
    )
    amounts = {
        "pnl": chosen.pnl,
        "now": now.pnl,
        "change": chosen.pnl - now.pnl,
        "worst": chosen.worst,
        "best": chosen.best,
        "settled": chosen.settled,
        "decided": chosen.decided,
        "at_mean": chosen.at_mean,
        "with_tickets": chosen.pnl + held.expected_pnl,
    }
    game = reading.answer.game
    is_scored = game.score_home is not None and game.score_away is not None
    line = {name: decimal_text(amount) for name, amount in amounts.items()} | {
        "is_chosen": bool(choice),
        "chosen": choice_query.write(choice),
        "score": None if choice.score is None else list(choice.score),
        "standing": [game.score_home, game.score_away] if is_scored else None,
        "sides": [game.home or "home", game.away or "away"],
        "left": [list(each) for each in chosen.left],
        "unknown": [[*each.market, each.selection] for each in chosen.unknown],
        "tickets": tickets(held),
    }
    return line, chosen


def bet_row(row: LatestBet) -> Json:
    """A line of the latest bets."""
    amounts = ("odds", "stake", "payout_win", "handle", "total_pnl")
    return {
        **{name: getattr(row, name) for name in row.__dataclass_fields__ if name not in amounts},
        **{name: decimal_text(getattr(row, name)) for name in amounts},
    }


def reject_row(row: RejectedBet) -> Json:
    """A line of the rejected bets."""
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def sql(game_id: str) -> str:
    """The command that asks for a game's selections in a terminal, whatever its id holds."""
    quoted = game_id.replace("'", "''")
    statement = (
        "SELECT market, line, selection, handle_riding, payout_win, pnl_if_win "
        f"FROM game_exposure WHERE game_id = '{quoted}';"
    )
    return f"betpnl sql -e {shlex.quote(statement)}"


def bet(answer: BetAnswer) -> Json:
    """A bet with its legs, each with the address of its game, and its versions."""
    shown: Json = msgspec.to_builtins(answer)
    del shown["as_of"]
    for leg in shown["legs"]:
        leg["address"] = choice_query.game_address(leg["game_id"])
    return shown | {"bet_id": answer.bet.bet_id, "sentence": "", "refused": False}


def no_bet(bet_id: str, refused: Refused | None) -> Json:
    """What is said where a bet should be."""
    sentence = "No record of such a bet has come yet; it appears here when one does."
    if refused is not None:
        sentence = f"Its record of {refused.arrived_at} was rejected: {refused.reason}"
    return {"bet_id": bet_id, "sentence": sentence, "refused": refused is not None}
