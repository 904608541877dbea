"""One bet: its figures, its legs with their results, and every version of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from betpnl.api.pnl import games
from betpnl.api.pnl.answers import BetAnswer, BetPnl, BetVersion, LegPnl, plain, time_text
from betpnl.api.pnl.details import dead_heat
from betpnl.contract.records import Leg
from betpnl.contract.topics import BETS

_BET = """
SELECT
    b.bet_id, b.version, b.status, b.accepted_at, b.customer_id, b.channel, b.region, b.currency,
    b.fx_rate, b.stake, b.stake_type, b.bet_type, b.odds, b.p_win, b.model_version, b.handle,
    b.bonus_handle, b.handle_riding, b.cash_out_handle, b.cash_out_paid, b.cash_out_pnl,
    b.payout_win, b.expected_pnl, b.predicted_pnl, b.legs,
    p.result, p.payout, p.realised_pnl, p.total_pnl
FROM bet AS b
JOIN bet_pnl AS p ON p.bet_id = b.bet_id
WHERE b.bet_id = %s
"""
_VERSIONS = """
SELECT version, status, accepted_at, currency, fx_rate, stake, stake_type, bet_type, p_win,
       model_version, handle, cash_out_handle, cash_out_paid, payout_win, expected_pnl
FROM bet_history
WHERE bet_id = %s
ORDER BY age
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
_LEGS = msgspec.json.Decoder(list[Leg])
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


def bet(connection: Connection, bet_id: str) -> BetAnswer | None:
    """A bet; None if no record of it ever passed the checks. Raises pymysql.MySQLError."""
    as_of = games.now(connection)
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(_BET, (bet_id,))
        found = cursor.fetchone()
        if found is None:
            return None
        cursor.execute(_VERSIONS, (bet_id,))
        versions = cursor.fetchall()
    legs = _LEGS.decode(found.pop("legs"))
    results = _results(connection, legs)
    return BetAnswer(
        as_of=time_text(as_of),
        bet=BetPnl(**plain(found)),
        legs=[_leg(leg, results.get(_key(leg), _NO_RESULT)) for leg in legs],
        versions=[BetVersion(**plain(row)) for row in versions],
    )


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


def _key(leg: Leg) -> tuple[str, str, str, str]:
    return leg.game_id, leg.market, leg.line, leg.selection


def _results(connection: Connection, legs: list[Leg]) -> dict[tuple[str, ...], dict[str, Any]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(_RESULTS, ([_key(leg) for leg in legs],))
        return {
            (row["game_id"], row["market"], row["line"], row["selection"]): row
            for row in cursor.fetchall()
        }


def _leg(leg: Leg, result: dict[str, Any]) -> LegPnl:
    names = ("leg", "game_id", "sport", "competition", "market", "line", "selection", "odds")
    standing = ("in_play", "minute", "score_home", "score_away")
    return LegPnl(
        **plain({name: getattr(leg, name) for name in (*names, *standing)}),
        **plain({name: result[name] for name in ("result", "settled_at")}),
        dead_heat=dead_heat(result),
    )
