"""Keys: which record a row or a change belongs to, the same however it was read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

Part = int | str | bytes
Key = tuple[Part, ...]

INTEGERS = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint", "decimal"})
TEXTS = frozenset({"char", "varchar", "enum", "tinytext", "text", "mediumtext", "longtext"})
BYTES = frozenset({"binary", "varbinary"})

KINDS = INTEGERS | TEXTS | BYTES
"""Types of MySQL's columns that may be keys."""


def from_row(values: Sequence[Any]) -> Key | None:
    """The key in a row of MySQL; None when a part of it is NULL."""
    return None if any(value is None for value in values) else tuple(map(_part, values))


def from_change(values: Sequence[Any], kinds: Sequence[str]) -> Key | None:
    """The key in a change of the stream, where bytes stand as hexadecimal digits.

    kinds: MySQL's types of the columns. None when a part of it is NULL.
    """
    if any(value is None for value in values):
        return None
    return tuple(
        bytes.fromhex(value) if kind in BYTES else _part(value)
        for value, kind in zip(values, kinds, strict=True)
    )


def to_text(key: Key) -> str:
    """The key as one text, the same for the same key."""
    return json.dumps([part.hex() if isinstance(part, bytes) else part for part in key])


def from_text(text: str, kinds: Sequence[str]) -> Key | None:
    """The key that `to_text` was given; None where columns of these types can't have held it."""
    parts = json.loads(text)
    if len(parts) != len(kinds):
        return None
    for part, kind in zip(parts, kinds, strict=True):
        # Only a DECIMAL may be either.
        if kind != "decimal" and isinstance(part, int) != (kind in INTEGERS):
            return None
    try:
        return from_change(parts, kinds)
    except ValueError:
        return None


def from_texts(texts: Sequence[str], kinds: Sequence[str]) -> tuple[list[Key], list[str]]:
    """The keys, and those texts that are of another table's, which was followed before."""
    found = {text: from_text(text, kinds) for text in texts}
    return (
        [key for key in found.values() if key is not None],
        [text for text, key in found.items() if key is None],
    )


def bound(found: Sequence[Key]) -> list[Any]:
    """Keys as the driver takes them for `IN %s`."""
    return [key[0] if len(key) == 1 else key for key in found]


def _part(value: Any) -> Part:
    if isinstance(value, int | str | bytes):
        return value
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return str(value)
