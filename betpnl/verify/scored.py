"""What the model said of singles, summed as the live calibration needs it.

A challenger's word stands in no log and with no bet, so its sums cannot be computed again: the
audit looks at the champion's rows alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal

from betpnl import pnl
from betpnl.verify.compare import Texts
from betpnl.verify.sums import ZERO
from betpnl.verify.tables import SELECTION_SCORED, Table

CHAMPION = "champion"
BANDS = tuple(map(Decimal, ("0.90", "0.75", "0.60", "0.40", "0.25", "0.10")))
"""Lower ends of the bands of prices, downwards; what lies below them all is in band 0."""
_LN_DECIMALS = 6
_P_MIN = Decimal("0.00000001")
_ROLE = tuple(SELECTION_SCORED.columns).index("role")


def band(odds: Decimal) -> Decimal:
    """The lower end of the band that 1 / odds lies in."""
    return next((low for low in BANDS if low * odds <= 1), ZERO)


def said(bets: int, p: Decimal) -> tuple[Decimal | int, ...]:
    """What a single adds to its group; bets: 1 if it counts, else 0."""
    if not bets:
        return (0, ZERO, ZERO, ZERO, ZERO)
    return (1, p, p * p, _ln(p), _ln(1 - p))


def _ln(p: Decimal) -> Decimal:
    return pnl.round_half_up(Decimal(repr(math.log(max(p, _P_MIN)))), _LN_DECIMALS)


def champions(table: Table, found: Iterable[Texts]) -> Iterator[Texts]:
    """The rows of a table, but those of challengers."""
    for row in found:
        if table is not SELECTION_SCORED or row[_ROLE] != "challenger":
            yield row
