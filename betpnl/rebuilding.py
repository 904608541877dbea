"""From a row of the table ``bet`` back to the record that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

import msgspec

from betpnl.contract.records import Adjustment, Bet, Leg
from betpnl.contract.texts import Terms

COLUMNS = (
    "bet_id, version, status, accepted_at, customer_id, channel, region, currency, fx_rate, stake,"
    " stake_type, bet_type, legs, terms, adjustment, market_cancelled"
)
"""What it takes of a row."""

_legs = msgspec.json.Decoder(list[Leg]).decode
_terms = msgspec.json.Decoder(Terms).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


def record_of(row: Mapping[str, Any]) -> Bet:
    """The record of a row, by name of column, as it counts there: with its adjustment."""
    terms = _terms(row["terms"])
    return Bet(
        bet_id=row["bet_id"],
        version=row["version"],
        # A column holds what it counts as; the client's own word is among the terms.
        status=terms.status or row["status"],
        accepted_at=row["accepted_at"].replace(tzinfo=UTC),
        customer_id=row["customer_id"],
        channel=row["channel"],
        region=row["region"],
        currency=row["currency"],
        fx_rate=terms.fx_rate,
        stake=row["stake"],
        stake_type=row["stake_type"],
        bet_type=row["bet_type"],
        odds=terms.odds,
        system=terms.system,
        each_way=terms.each_way,
        cash_out=terms.cash_out,
        legs=_legs(row["legs"]),
        adjustment=Adjustment(
            number=row["adjustment"],
            cancelled=bool(row["market_cancelled"]),
            fx_rate=row["fx_rate"] or None,
        ),
    )


def message_of(bet: Bet) -> tuple[bytes, bytes]:
    """A record as a message of the topic of bets: key and value."""
    return bet.bet_id.encode(), _encode(bet)
