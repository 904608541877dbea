"""Where a page ended, as a text that means nothing to the client.

It holds the last row's place in the order, so the next page begins right behind it whatever was
written meanwhile: no row before it moves the rows after it, as an OFFSET would.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from decimal import Decimal
from hashlib import blake2s
from typing import Any

import msgspec
from msgspec import Struct

LENGTH_MAX = 1024
_DIGITS_MAX = 60

Place = str | Decimal | datetime
"""What a page is sorted by: a value of its last row."""


class CursorError(ValueError):
    """A cursor that this API did not give, or gave for another question."""


class _Cursor(Struct, array_like=True, forbid_unknown_fields=True):
    question: str
    place: str
    game_id: str


def question_of(parts: Any) -> str:
    """A short text for a question's filters and order; another one for another question."""
    return blake2s(msgspec.json.encode(parts), digest_size=8).hexdigest()


def write(question: str, place: Place, game_id: str) -> str:
    """The cursor behind a row."""
    text = place.isoformat() if isinstance(place, datetime) else str(place)
    raw = msgspec.json.encode(_Cursor(question, text, game_id))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read(text: str, question: str, kind: type[Place]) -> tuple[Place, str]:
    """The place and the game that a cursor stands behind. kind: what places of the order are.

    Raises CursorError.
    """
    if len(text) > LENGTH_MAX:
        raise CursorError("is no cursor of this API")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found = msgspec.json.decode(raw, type=_Cursor)
        place: Place = msgspec.convert(found.place, kind, strict=False)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise CursorError("is no cursor of this API") from None
    if found.question != question:
        raise CursorError("belongs to other filters or another order; begin without one")
    if isinstance(place, Decimal) and not _is_plain(place):
        raise CursorError("is no cursor of this API")
    if isinstance(place, datetime) and place.tzinfo is not None:
        raise CursorError("is no cursor of this API")
    return place, found.game_id


def _is_plain(value: Decimal) -> bool:
    return value.is_finite() and abs(value.adjusted()) < _DIGITS_MAX
