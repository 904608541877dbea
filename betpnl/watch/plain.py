"""The same without a screen: a line for logs, and JSON for other programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal

from betpnl.watch.health import health
from betpnl.watch.screen import totals_in_words
from betpnl.watch.state import State
from betpnl.watch.texts import Money


def line(state: State, money: Money, now_s: float) -> str:
    """One line: health and totals."""
    found = health(state, now_s)
    start = found.sentence if found.good else f"! {found.sentence}"
    if state.reading is None:
        return start
    pairs = totals_in_words(state.reading.totals, state.motion, money)
    return ", ".join([*(f"{label} {value.plain}" for label, value in pairs), start])


def as_json(state: State, money: Money) -> str:
    """A reading as one line of JSON; amounts are texts, so that none is rounded on the way.

    Raises ValueError for a state without a reading.
    """
    if state.reading is None:
        raise ValueError("there is no reading")
    reading = state.reading
    return json.dumps(
        {
            "at": reading.at,
            "currency": money.currency,
            "newest_age_s": reading.age_s,
            "totals": asdict(reading.totals),
            "games": [asdict(game) for game in reading.lines],
        },
        default=_text,
        ensure_ascii=False,
    )


def _text(value: Decimal | datetime) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds") + "Z"
    return format(value, "f")
