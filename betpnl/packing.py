"""Texts packed into one: how rows of several fields cross between Flink and Python.

A Pandas UDF pays about a tenth of a millisecond for each column of each batch, and takes no
arrays of rows. One array of texts a row, its lists packed with separators that no valid record
can hold, costs a quarter of one column for each field (docs/architecture.md has the figures).
"""

from collections.abc import Iterable
from decimal import Decimal

# Control characters, which the contract's checks keep out of every text.
FIELD = "\x1f"
ROW = "\x1e"
GROUP = "\x1d"


def pack(fields: Iterable[str], separator: str = FIELD) -> str:
    """Join texts that do not hold the separator."""
    return separator.join(fields)


def number(value: Decimal) -> str:
    """A Decimal as plain digits, without an exponent: what SQL's CAST reads."""
    text = str(value)
    # Formatting costs six times as much, and an exponent is rare.
    return format(value, "f") if "E" in text else text
