"""The views of PNL by game and by sport, from the sums and design, not from the views' SQL."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from betpnl.verify.tables import Rows, Value
from betpnl.verify.valuation import ZERO

_NONE: tuple[Value, ...] = ("", 0, ZERO, ZERO, ZERO)


def _number(value: Value) -> Decimal:
    if isinstance(value, Decimal | int):
        return Decimal(value)
    raise TypeError(f"{value!r} is no number")


def game_pnl(placed: Rows, settled: Rows, tickets: Rows) -> Rows:
    """A row a game: placed; settled, singles and tickets together; and what that leaves open.

    realised = settled handle - payouts + cash-out PNL; open expected = handle riding - expected
    payout of all that is not settled, as the results of tickets' legs have moved it; total = both.
    """
    rows: Rows = {}
    for key, row in placed.items():
        bets, riding_bets, *sums = map(_number, row[1:])
        handle, bonus, riding, cashed, paid, expected_payout = sums[:6]
        expected_pnl, predicted_pnl, theoretical_pnl, cash_out_pnl = sums[6:]
        single = [_number(value) for value in settled.get(key, _NONE)[1:]]
        *ticket, revalued = (_number(value) for value in tickets.get(key, (*_NONE, ZERO))[1:])
        settled_bets, settled_handle, payout, settled_expected = (
            one + other for one, other in zip(single, ticket, strict=True)
        )
        open_handle = riding - settled_handle
        realised = settled_handle - payout + cash_out_pnl
        open_expected = open_handle - (expected_payout - settled_expected + revalued)
        rows[key] = (
            *key,
            int(bets),
            int(settled_bets),
            int(riding_bets - settled_bets),
            handle,
            bonus,
            settled_handle,
            open_handle,
            payout,
            cashed,
            paid,
            cash_out_pnl,
            expected_pnl,
            predicted_pnl,
            theoretical_pnl,
            realised,
            open_expected,
            realised + open_expected,
        )
    return rows


def sport_pnl(games: Rows, sports: Mapping[str, str]) -> Rows:
    """The rows of ``game_pnl`` added up by sport. sports: by game; 'unknown' without one."""
    sums: dict[str, list[Decimal]] = {}
    counts: dict[str, int] = {}
    for row in games.values():
        sport = sports.get(str(row[0]), "unknown")
        measures = [_number(value) for value in row[1:]]
        before = sums.get(sport, [ZERO] * len(measures))
        sums[sport] = [one + other for one, other in zip(before, measures, strict=True)]
        counts[sport] = counts.get(sport, 0) + 1
    return {
        (sport,): (sport, counts[sport], *map(int, group[:3]), *group[3:])
        for sport, group in sums.items()
    }
