"""How times, legs and terms of a record are written in MySQL."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from betpnl.contract.records import Bet, CashOut, EachWay, Leg, System

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Terms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a bet says that no column of its row holds; with legs and columns it is the record.

    status: what the client said, where the bet counts as something else. fx_rate: None if the
    client gave none. odds: of a bet builder.
    """

    status: Literal["accepted", "rejected", "cancelled", "cashed_out"] | None = None

    fx_rate: Decimal | None = None
    odds: Decimal | None = None
    system: System | None = None
    each_way: EachWay | None = None
    cash_out: CashOut | None = None


def epoch_ms(time: datetime) -> int:
    """Milliseconds since 1970 of a time with an offset, cut, never rounded."""
    return (time - _EPOCH) // _MILLISECOND


def legs_text(legs: Sequence[Leg]) -> str:
    """The legs as JSON, money as numbers; a field that has its default value is left out."""
    return _encode(legs).decode()


def terms_text(bet: Bet, status: str) -> str:
    """A bet's terms as JSON; ``{}`` of a plain one. status: what it counts as."""
    terms = Terms(
        status=None if bet.status == status else bet.status,
        fx_rate=bet.fx_rate,
        odds=bet.odds,
        system=bet.system,
        each_way=bet.each_way,
        cash_out=bet.cash_out,
    )
    return _encode(terms).decode()
