"""Times as clients write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from betpnl.pull.expressions import number

Unit = Literal["s", "ms"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MICROS = {"s": 1_000_000, "ms": 1000}
# A datetime can hold no more.
_DIGITS_MAX = 20


def to_micros(value: object, unit: Unit, zone: str) -> int:
    """Microseconds since 1970 of a time: ISO text, or a number of `unit`s since 1970.

    zone: of a text without an offset; '' refuses one. Raises ValueError for what is no time.
    """
    count = number(value)
    if count is not None:
        exact = Decimal(count)
        if not exact.is_finite() or exact.adjusted() > _DIGITS_MAX:
            raise ValueError("is no time")
        return int(exact * _MICROS[unit])
    if not isinstance(value, str):
        raise ValueError("is no time")
    try:
        time = datetime.fromisoformat(value.strip())
    except ValueError:
        raise ValueError("is no time") from None
    if time.tzinfo is None:
        if not zone:
            raise ValueError("is a time without an offset, and `zone` does not say which")
        time = time.replace(tzinfo=ZoneInfo(zone))
    return (time - _EPOCH) // _MICROSECOND


def to_text(micros: int) -> str:
    """A time as the contract writes it. Raises ValueError outside of the years 1 to 9999."""
    try:
        time = _EPOCH + micros * _MICROSECOND
    except OverflowError:
        raise ValueError("is no time") from None
    text = time.isoformat(timespec="microseconds" if micros % 1000 else "milliseconds")
    return text.removesuffix("+00:00") + "Z"
