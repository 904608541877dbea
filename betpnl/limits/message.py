"""What the webhook says of a breach. It is made of the breach's row alone, so that every try,
also after a restart, sends the same bytes."""

from __future__ import annotations

import hashlib
import hmac
from decimal import Decimal
from typing import Literal
from urllib.parse import urlencode

import msgspec

from betpnl.api.pnl.answers import decimal_text, time_text
from betpnl.limits.records import Breach

Kind = Literal["begin", "end"]


class LimitSaid(msgspec.Struct, frozen=True):
    """The limit as it was when the breach began."""

    id: int
    scope: str
    sport: str
    game_id: str
    market: str
    line: str
    measure: str
    bound: str
    note: str


class Message(msgspec.Struct, frozen=True):
    """The body. Amounts are text with four decimals, times RFC 3339 in UTC.

    id: the same for each try, for the receiver to drop repeats. value: at this event; null at an
    end without a figure. text: one sentence, as chat programs show it. link: null where the
    board's address is not known.
    """

    id: str
    event: Kind
    text: str
    breach_id: int
    limit: LimitSaid
    value: str | None
    bound: str
    worst_value: str
    currency: str
    began_at: str
    ended_at: str | None
    ended_because: str | None
    link: str | None


def due(breach: Breach) -> Kind:
    """Which of a breach's two events is to be told next."""
    return "begin" if breach.begin_notified_at is None else "end"


def message(breach: Breach, kind: Kind, currency: str, board_url: str) -> Message:
    """What is said of an event of a breach that is recorded.

    board_url: the board's address as others reach it, '' where it is not known.
    """
    begins = kind == "begin"
    value = breach.began_value if begins else breach.ended_value
    return Message(
        id=f"{breach.breach_id}-{kind}",
        event=kind,
        text=_text(breach, kind, value, currency),
        breach_id=breach.breach_id or 0,
        limit=LimitSaid(
            id=breach.limit_id,
            scope=breach.scope,
            sport=breach.sport,
            game_id=breach.game_id,
            market=breach.market,
            line=breach.line,
            measure=breach.measure,
            bound=decimal_text(breach.bound),
            note=breach.note,
        ),
        value=None if value is None else decimal_text(value),
        bound=decimal_text(breach.bound),
        # At the beginning the worst is the value: it must not change between two tries.
        worst_value=decimal_text(breach.began_value if begins else breach.worst_value),
        currency=currency,
        began_at=time_text(breach.began_at),
        ended_at=None if begins or breach.ended_at is None else time_text(breach.ended_at),
        ended_because=None if begins else breach.ended_because,
        link=_link(breach, board_url),
    )


def body(said: Message) -> bytes:
    """The JSON that is sent, and signed."""
    return msgspec.json.encode(said)


def signature(secret: str, content: bytes) -> str:
    """`sha256=` and the HMAC of the body in hexadecimal."""
    return f"sha256={hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()}"


def _text(breach: Breach, kind: Kind, value: Decimal | None, currency: str) -> str:
    figure = "" if value is None else f", now {decimal_text(value)} {currency}"
    word = "Limit passed" if kind == "begin" else f"Limit no longer passed ({_because(breach)})"
    note = f" ({breach.note})" if breach.note else ""
    text = f"{word}: {breach.sentence} {currency}{figure}{note}"
    # To chat programs these begin links and mentions, and names come from outside.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _because(breach: Breach) -> str:
    match breach.ended_because:
        case "changed" | "disabled" | "deleted":
            return f"it was {breach.ended_because}"
        case "gone":
            return "nothing left to measure"
        case _:
            return "back within"


def _link(breach: Breach, board_url: str) -> str | None:
    if not board_url:
        return None
    query = urlencode({"game": breach.game_id}) if breach.game_id else ""
    return f"{board_url.rstrip('/')}/limits{f'?{query}' if query else ''}"
