"""The present figures that limits are held against.

Of a game they are those of the board; a sport's and the total's are sums over its games. What
was lost on a game with nothing open is no longer at risk: it counts in its PNL, and not in
liability.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from typing import NamedTuple

from pymysql.connections import Connection

from betpnl.api.pnl.answers import GamePnl
from betpnl.limits.records import Limit, Measure

_ZERO = Decimal(0)
_DIGITS = 60
MarketKey = tuple[str, str, str]
"""game_id, market, line."""

_OPEN_MARKETS = """
SELECT game_id, market, line, MIN(worst_case), MIN(liability), MIN(market_realised_pnl)
FROM game_exposure
WHERE game_id IN %s
GROUP BY game_id, market, line
"""
# Once all of a market is settled it has no exposure any more, only what it brought.
_SETTLED_MARKETS = """
SELECT b.game_id, b.market, b.line, SUM(b.handle_riding - CASE r.result
    WHEN 'win' THEN ROUND(b.payout_win * r.dead_heat_winners / r.dead_heat_tied, %s)
    WHEN 'half_win' THEN b.payout_half_win
    WHEN 'half_lose' THEN b.payout_half_lose
    WHEN 'lose' THEN 0
    ELSE b.handle_riding
END)
FROM selection_book AS b
JOIN selection_result AS r
    ON r.game_id = b.game_id AND r.market = b.market AND r.line = b.line
   AND r.selection = b.selection AND r.status = 'settled'
WHERE b.game_id IN %s AND r.result IS NOT NULL
GROUP BY b.game_id, b.market, b.line
"""


class Amounts(NamedTuple):
    """What limits may bound, in the base currency. total_pnl: None for a market."""

    liability: Decimal = _ZERO
    worst_case: Decimal = _ZERO
    realised_pnl: Decimal = _ZERO
    total_pnl: Decimal | None = _ZERO

    def of(self, measure: Measure) -> Decimal | None:
        """One of them."""
        amount: Decimal | None = getattr(self, measure)
        return amount


class Figures:
    """Games, sports and the total as of one reading. Not for two threads at once."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[GamePnl, Amounts]] = {}
        self._sports: dict[str, Amounts] = {}
        self._total = Amounts()

    def take(self, games: Mapping[str, GamePnl]) -> None:
        """Take over a reading; games that are as they were are not read again."""
        # Thirty digits fit into a column of MySQL, and only 28 into a sum of Python's by itself.
        # With room enough nothing is ever rounded, so sums may be kept up by their differences.
        with localcontext(prec=_DIGITS):
            for game_id in self._read.keys() - games.keys():
                self._add(*self._read.pop(game_id), -1)
            for game_id, game in games.items():
                before = self._read.get(game_id)
                if before is not None and before[0] is game:
                    continue
                if before is not None:
                    self._add(*before, -1)
                self._read[game_id] = (game, _amounts(game))
                self._add(*self._read[game_id], 1)

    def has(self, game_id: str) -> bool:
        """Whether the game is in the reading."""
        return game_id in self._read

    def of(self, limit: Limit) -> Decimal | None:
        """The figure of a limit on a game, a sport or all; None for a game that is not there."""
        match limit.scope:
            case "game":
                game = self._read.get(limit.game_id)
                return None if game is None else game[1].of(limit.measure)
            case "sport":
                return self._sports.get(limit.sport, Amounts()).of(limit.measure)
            case _:
                return self._total.of(limit.measure)

    def _add(self, game: GamePnl, amounts: Amounts, sign: int) -> None:
        self._sports[game.sport] = _plus(self._sports.get(game.sport, Amounts()), amounts, sign)
        self._total = _plus(self._total, amounts, sign)


def read_markets(
    connection: Connection, wanted: Iterable[MarketKey], base_minor: int
) -> dict[MarketKey, Amounts]:
    """The present figures of these markets, singles only, those that there are.

    base_minor: decimals of the base currency. Raises pymysql.MySQLError.
    """
    keys = set(wanted)
    if not keys:
        return {}
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_MARKETS, (sorted({key[0] for key in keys}),))
        for *key, worst, liability, realised in cursor.fetchall():
            found[(key[0], key[1], key[2])] = Amounts(liability, worst, realised, None)
        if settled := keys - found.keys():
            cursor.execute(_SETTLED_MARKETS, (base_minor, sorted({key[0] for key in settled})))
            for *key, realised in cursor.fetchall():
                found.setdefault((key[0], key[1], key[2]), Amounts(_ZERO, realised, realised, None))
    return {key: amounts for key, amounts in found.items() if key in keys}


def _amounts(game: GamePnl) -> Amounts:
    return Amounts(
        Decimal(game.liability) if game.open_bets > 0 else _ZERO,
        Decimal(game.worst_case),
        Decimal(game.realised_pnl),
        Decimal(game.total_pnl),
    )


def _plus(sums: Amounts, amounts: Amounts, sign: int) -> Amounts:
    pairs = zip(sums, amounts, strict=True)
    return Amounts(*((one or _ZERO) + sign * (other or _ZERO) for one, other in pairs))
