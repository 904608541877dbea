"""JSON in and out without rounding: a number becomes an int or a Decimal, never a float."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

# Longer ones would cost Python time that grows with the square of their length.
_INT_DIGITS_MAX = 100

_encode = msgspec.json.Encoder(decimal_format="number").encode


def decode(text: str) -> Any:
    """The value of a JSON text. Raises ValueError when it is none, or nested too deep.

    What JSON allows and no Decimal can be (1e9999999999999999999), and what only looks like a
    number (NaN), stays a text: the contract then says what is wrong with that one record.
    """
    try:
        return json.loads(text, parse_float=_number, parse_int=_integer, parse_constant=str)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def encode(value: Any) -> bytes:
    """A value as JSON, numbers as exact as they are."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        # Half of a surrogate pair, which JSON can only say escaped.
        return json.dumps(value, default=str, separators=(",", ":")).encode()


def _number(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _integer(text: str) -> int | Decimal | str:
    return int(text) if len(text) <= _INT_DIGITS_MAX else _number(text)
