"""One bet: its figures, its legs with their results, and every version of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from betpnl import ticket_pnl
from betpnl.api.pnl import games
from betpnl.api.pnl.answers import BetAnswer, BetPnl, BetVersion, LegPnl, plain, time_text
from betpnl.api.pnl.details import dead_heat
from betpnl.bet_money import money_of, stake_of
from betpnl.contract.records import Bet, Leg
from betpnl.contract.topics import BETS
from betpnl.pnl import LegResult, Outcome
from betpnl.rebuilding import record_of
from betpnl.ticket_making import LegChance, is_single, ticket_of

Key = tuple[str, str, str, str]
"""Game, market, line, selection."""

_BET = """
SELECT
    b.bet_id, b.version, b.status, b.accepted_at, b.customer_id, b.channel, b.region, b.currency,
    b.fx_rate, b.stake, b.stake_type, b.bet_type, b.odds, b.p_win, b.model_version, b.handle,
    b.bonus_handle, b.handle_riding, b.cash_out_handle, b.cash_out_paid, b.cash_out_pnl,
    b.payout_win, b.expected_pnl, b.predicted_pnl, b.legs, b.terms, b.adjustment,
    b.market_cancelled, b.expected_payout,
    p.result, p.payout, p.realised_pnl, p.total_pnl
FROM bet AS b
JOIN bet_pnl AS p ON p.bet_id = b.bet_id
WHERE b.bet_id = %s
"""
_VERSIONS = """
SELECT version, status, accepted_at, currency, fx_rate, stake, stake_type, bet_type, p_win,
       model_version, handle, cash_out_handle, cash_out_paid, payout_win, expected_pnl, legs, terms,
       adjustment
FROM bet_history
WHERE bet_id = %s
ORDER BY age
"""
_TICKET_LEGS = """
SELECT leg_number, game_id, market, line, selection, odds, p_win, predicted_win
FROM ticket_leg
WHERE bet_id = %s
ORDER BY leg_number
"""
_RESULTS = """
SELECT game_id, market, line, selection, result, dead_heat_winners, dead_heat_tied, settled_at
FROM selection_result
WHERE status = 'settled' AND (game_id, market, line, selection) IN %s
"""
# The newest of each partition: an id stands in a reject's excerpt, and nothing finds it faster.
_REJECTS = """
(SELECT arrived_at, reason, excerpt FROM bet_reject
 WHERE topic = %s AND log_partition = %s
 ORDER BY log_offset DESC LIMIT 2000)
"""
_NO_RESULT: dict[str, Any] = {
    "result": None,
    "dead_heat_winners": None,
    "dead_heat_tied": None,
    "settled_at": None,
}


class Refused(NamedTuple):
    """A record of a bet that the checks turned away."""

    arrived_at: str
    reason: str


def bet(connection: Connection, bet_id: str, base_minor: int) -> BetAnswer | None:
    """A bet; None if no record of it ever passed the checks.

    base_minor: decimals of the base currency. Raises pymysql.MySQLError.
    """
    as_of = games.now(connection)
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(_BET, (bet_id,))
        found = cursor.fetchone()
        if found is None:
            return None
        cursor.execute(_VERSIONS, (bet_id,))
        versions = cursor.fetchall()
        cursor.execute(_TICKET_LEGS, (bet_id,))
        legs = cursor.fetchall()
    record = record_of(found)
    if not legs:
        # A single, or a ticket whose legs come with the next flush.
        legs = [
            {"leg_number": leg.leg, "p_win": found["p_win"], **_names(leg), "odds": leg.odds}
            for leg in record.legs
        ]
    results = _results(connection, [_key(leg) for leg in legs])
    standing = _standing(record, found, legs, results, base_minor)
    terms = msgspec.json.decode(found.pop("terms"))
    for name in ("legs", "adjustment", "market_cancelled", "expected_payout"):
        del found[name]
    return BetAnswer(
        as_of=time_text(as_of),
        bet=BetPnl(**plain({**found, **standing}), terms=terms),
        legs=[_leg(record, leg, results.get(_key(leg), _NO_RESULT)) for leg in legs],
        versions=[_version(row) for row in versions],
    )


def _version(row: dict[str, Any]) -> BetVersion:
    legs, terms = (msgspec.json.decode(row.pop(name)) for name in ("legs", "terms"))
    return BetVersion(**plain(row), legs=legs, terms=terms)


def _standing(
    record: Bet,
    row: dict[str, Any],
    legs: Sequence[dict[str, Any]],
    results: dict[Key, dict[str, Any]],
    base_minor: int,
) -> dict[str, Decimal | None]:
    """What an open bet can still pay, and does on average, as the results of its legs stand."""
    if row["result"] is not None:
        return {"open_payout": None, "open_expected_payout": None}
    if is_single(record):
        return {"open_payout": row["payout_win"], "open_expected_payout": row["expected_payout"]}
    chances = [
        LegChance(leg["p_win"], bool(leg.get("predicted_win")), Decimal(0))
        for leg in legs[: len(record.legs)]
    ]
    money = money_of(record, base_minor)
    made = ticket_of(record, stake_of(record), money, chances, row["p_win"])
    known = {
        place: LegResult(
            Outcome(ended["result"]), (ended["dead_heat_winners"], ended["dead_heat_tied"])
        )
        for place, leg in enumerate(legs)
        if (ended := results.get(_key(leg))) is not None
    }
    prospect = ticket_pnl.prospect(made, known)
    return {"open_payout": prospect.payout, "open_expected_payout": prospect.expected_payout}


def newest_refusal(connection: Connection, bet_id: str, partitions: int) -> Refused | None:
    """Why the newest record of a bet was turned away, if it is among the newest rejects.

    partitions: of the topic of bets.
    """
    asked = " UNION ALL ".join([_REJECTS] * partitions)
    values = [value for number in range(partitions) for value in (BETS.name, number)]
    named = msgspec.json.encode(bet_id).decode()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT arrived_at, reason FROM ({asked}) AS newest "
            "WHERE REGEXP_INSTR(excerpt, '\"bet_id\"[[:space:]]*:') > 0 AND INSTR(excerpt, %s) > 0 "
            "ORDER BY arrived_at DESC LIMIT 1",
            [*values, named],
        )
        row = cursor.fetchone()
    return None if row is None else Refused(time_text(row[0]), row[1])


def _names(leg: Leg) -> dict[str, str]:
    return {name: getattr(leg, name) for name in ("game_id", "market", "line", "selection")}


def _key(leg: dict[str, Any]) -> Key:
    return leg["game_id"], leg["market"], leg["line"], leg["selection"]


def _results(connection: Connection, keys: list[Key]) -> dict[Key, dict[str, Any]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(_RESULTS, (keys,))
        return {_key(row): row for row in cursor.fetchall()}


def _leg(record: Bet, leg: dict[str, Any], result: dict[str, Any]) -> LegPnl:
    place = leg["leg_number"] - 1
    said = record.legs[place % len(record.legs)]
    part = "" if record.each_way is None else ("win" if place < len(record.legs) else "place")
    taken = ("sport", "competition", "in_play", "minute", "score_home", "score_away")
    return LegPnl(
        leg=said.leg,
        part=part,
        **plain({name: leg[name] for name in (*_names(said), "odds", "p_win")}),
        **plain({name: getattr(said, name) for name in taken}),
        **plain({name: result[name] for name in ("result", "settled_at")}),
        dead_heat=dead_heat(result),
    )
