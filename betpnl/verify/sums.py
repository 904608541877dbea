"""Groups and their sums, as the audit adds them up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from betpnl.verify.tables import Key, Rows

ZERO = Decimal(0)
Sums = dict[Key, list[Decimal]]
"""By key the sums of a group's measures; a count is a sum of ones."""


def add(sums: Sums, key: Key, amounts: Sequence[Decimal | int]) -> None:
    """Add amounts to a group, which begins at zero."""
    group = sums.get(key)
    if group is None:
        sums[key] = [ZERO + amount for amount in amounts]
        return
    for place, amount in enumerate(amounts):
        group[place] += amount


def rows(sums: Sums, counts: int) -> Rows:
    """Rows of the groups; their first ``counts`` measures are whole numbers."""
    return {key: (*key, *map(int, group[:counts]), *group[counts:]) for key, group in sums.items()}
