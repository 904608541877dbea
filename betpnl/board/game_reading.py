"""What the page of a game shows, from MySQL. Each function asks within one transaction."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from betpnl.api.pnl import details
from betpnl.api.pnl.answers import GameAnswer, MarketPnl, SelectionPnl, time_text
from betpnl.board.what_if import Key, Market, Selection
from betpnl.contract.topics import BETS
from betpnl.pnl import LegResult, Outcome, SelectionSums

LATEST_MAX = 50
REJECTS_MAX = 50
REJECTS_READ_MAX = 2000
"""Of each partition of the topic of bets, the newest."""

# Tickets have no table by game: they are what the game holds beside its singles.
_TICKETS = """
SELECT
    p.riding_bets - COALESCE(t.bets, 0) - b.bets             AS open_bets,
    p.handle_riding - COALESCE(t.handle, 0) - b.handle_riding AS handle,
    p.expected_payout - COALESCE(t.expected_payout, 0) + COALESCE(t.revalued, 0)
        - b.expected_payout AS expected_payout,
    p.cash_out_pnl + COALESCE(t.handle, 0) - COALESCE(t.payout, 0) AS realised_aside
FROM game_placed AS p
LEFT JOIN game_ticket_settled AS t ON t.game_id = p.game_id
JOIN (
    SELECT COALESCE(SUM(bets), 0)            AS bets,
           COALESCE(SUM(handle_riding), 0)   AS handle_riding,
           COALESCE(SUM(expected_payout), 0) AS expected_payout
    FROM selection_book
    WHERE game_id = %(game_id)s
) AS b
WHERE p.game_id = %(game_id)s
"""
# Asked first and by themselves: the index on bet alone says which they are.
_LATEST = """
SELECT bet_id FROM bet WHERE game_id = %s ORDER BY accepted_at DESC, bet_id DESC LIMIT %s
"""
_BETS = """
SELECT b.bet_id, b.accepted_at, b.status, b.bet_type, b.leg_count, b.market, b.line, b.selection,
       b.odds, b.stake, b.currency, b.stake_type, b.payout_win, p.handle, p.result, p.total_pnl
FROM bet AS b
JOIN bet_pnl AS p ON p.bet_id = b.bet_id
WHERE b.bet_id IN %s
ORDER BY b.accepted_at DESC, b.bet_id DESC
"""
# Where the newest of a partition begin, so that those are looked through where they lie.
_REJECTS_FROM = """
SELECT log_offset FROM bet_reject
WHERE topic = %s AND log_partition = %s
ORDER BY log_offset DESC LIMIT 1 OFFSET %s
"""
# Compared as bytes, which takes MySQL a tenth of the time; the pattern is tried on few rows only.
_REJECTS = """
SELECT log_partition, log_offset, arrived_at, reason, excerpt FROM bet_reject
WHERE topic = %s AND log_partition = %s AND log_offset >= %s
  AND (excerpt LIKE CAST(%s AS BINARY) ESCAPE '|' OR excerpt LIKE CAST(%s AS BINARY) ESCAPE '|')
  AND REGEXP_INSTR(excerpt, '"game_id"[[:space:]]*:') > 0
ORDER BY log_offset DESC LIMIT %s
"""
_BET_ID = re.compile(r'"bet_id"\s*:\s*("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True)
class Tickets:
    """The accumulators that hang on a game: its shares of them, open_bets of them undecided.

    expected_pnl: what they bring on average. realised: settled ones and all cash-outs, the
    singles' too.
    """

    open_bets: int
    expected_pnl: Decimal
    realised_aside: Decimal


@dataclass(frozen=True)
class GameReading:
    """A game in detail. selections: the same as the answer's, for reckoning."""

    answer: GameAnswer
    tickets: Tickets
    selections: list[Selection]


@dataclass(frozen=True)
class LatestBet:
    """A bet on a game. leg_count: above 1 what follows is the first leg's. result: None if open."""

    bet_id: str
    accepted_at: str
    status: str
    bet_type: str
    leg_count: int
    market: str
    line: str
    selection: str
    odds: Decimal
    stake: Decimal
    currency: str
    stake_type: str
    payout_win: Decimal
    handle: Decimal
    result: str | None
    total_pnl: Decimal


@dataclass(frozen=True)
class RejectedBet:
    """A record that the checks turned away. bet_id: None where the excerpt does not say."""

    log_partition: int
    log_offset: int
    arrived_at: str
    reason: str
    excerpt: str
    bet_id: str | None


def game(connection: Connection, game_id: str, base_minor: int) -> GameReading | None:
    """A game in detail; None if nobody ever bet on it.

    base_minor: decimals of the base currency. Raises pymysql.MySQLError.
    """
    answer = details.game(connection, game_id, base_minor)
    if answer is None:
        return None
    return GameReading(
        answer=answer,
        tickets=_tickets(connection, game_id),
        selections=[
            selection_of(market, row) for market in answer.markets for row in market.selections
        ],
    )


def _tickets(connection: Connection, game_id: str) -> Tickets:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(_TICKETS, {"game_id": game_id})
        row: dict[str, Any] = cursor.fetchone()
    # A single may stand in the game's sums a moment before it stands in its selection's.
    return Tickets(
        open_bets=max(0, int(row["open_bets"])),
        expected_pnl=row["handle"] - row["expected_payout"],
        realised_aside=row["realised_aside"],
    )


def selection_of(market: MarketPnl, row: SelectionPnl) -> Selection:
    """An answered selection for reckoning: the same sums, as numbers."""
    result = None
    if row.result is not None:
        winners, tied = row.dead_heat or (1, 1)
        result = LegResult(Outcome(row.result), (winners, tied))
    return Selection(
        key=Key(Market(market.market, market.line), row.selection),
        bets=row.bets,
        sums=SelectionSums(
            handle_riding=Decimal(row.handle_riding),
            payout_win=Decimal(row.payout_win),
            payout_half_win=Decimal(row.payout_half_win),
            payout_half_lose=Decimal(row.payout_half_lose),
        ),
        expected_payout=Decimal(row.expected_payout),
        result=result,
        priced=row.odds is not None,
    )


def latest_bets(connection: Connection, game_id: str) -> list[LatestBet]:
    """The newest bets on a game by time of acceptance, at most LATEST_MAX.

    A ticket is found by its first leg only. Raises pymysql.MySQLError.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, (game_id, LATEST_MAX))
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return []
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(_BETS, (ids,))
        return [
            LatestBet(**{**row, "accepted_at": time_text(row["accepted_at"])})
            for row in cursor.fetchall()
        ]


def rejected_bets(connection: Connection, game_id: str, partitions: int) -> list[RejectedBet]:
    """The newest rejected bets whose excerpt names a game, at most REJECTS_MAX.

    Looked for among the newest REJECTS_READ_MAX of each partition. partitions: of the topic of
    bets. Raises pymysql.MySQLError.
    """
    # An excerpt is what the client wrote, and a letter may be written in two ways.
    forms = [_holding(msgspec.json.encode(game_id).decode()), _holding(json.dumps(game_id))]
    found: list[RejectedBet] = []
    with connection.cursor(DictCursor) as cursor:
        for partition in range(partitions):
            cursor.execute(_REJECTS_FROM, (BETS.name, partition, REJECTS_READ_MAX - 1))
            first = cursor.fetchone() or {"log_offset": 0}
            cursor.execute(
                _REJECTS,
                (BETS.name, partition, first["log_offset"], *forms, REJECTS_MAX),
            )
            found += [
                RejectedBet(
                    **{**row, "arrived_at": time_text(row["arrived_at"])},
                    bet_id=_bet_id(row["excerpt"]),
                )
                for row in cursor.fetchall()
            ]
    found.sort(key=lambda each: (each.arrived_at, each.log_offset), reverse=True)
    return found[:REJECTS_MAX]


def _holding(text: str) -> str:
    """The pattern of LIKE for whatever holds a text."""
    return "%" + re.sub(r"[|%_]", r"|\g<0>", text) + "%"


def _bet_id(excerpt: str) -> str | None:
    found = _BET_ID.search(excerpt)
    try:
        return msgspec.json.decode(found[1], type=str) if found else None
    except msgspec.MsgspecError:
        return None
