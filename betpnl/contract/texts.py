"""How times and legs of a record are written in MySQL."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from betpnl.contract.records import Leg

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_encode = msgspec.json.Encoder(decimal_format="number").encode


def epoch_ms(time: datetime) -> int:
    """Milliseconds since 1970 of a time with an offset, cut, never rounded."""
    return (time - _EPOCH) // _MILLISECOND


def legs_text(legs: Sequence[Leg]) -> str:
    """The legs as JSON, money as numbers; a field that has its default value is left out."""
    return _encode(legs).decode()
