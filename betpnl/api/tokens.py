"""Tokens: what a client shows to be let in, and what is kept of one.

A token is `betpnl_<id>_<secret>`. Only the SHA-256 of the whole is kept: the secret is random
and long, so a slow hash would protect nothing more.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

ScopeName = Literal[
    "bets:write", "results:write", "odds:write", "games:write", "pnl:read", "limits:write"
]
SCOPES: tuple[ScopeName, ...] = (
    "bets:write",
    "results:write",
    "odds:write",
    "games:write",
    "pnl:read",
    "limits:write",
)
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z"
_PREFIX = "betpnl"
_SECRET_BYTES = 32
# Longer than any token of ours; nothing longer is hashed.
_LENGTH_MAX = 128
_NOBODY = hashlib.sha256(secrets.token_bytes(_SECRET_BYTES)).hexdigest()


class Token(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of a token."""

    id: Annotated[str, Meta(pattern=r"^[0-9a-f]{12}\Z")]
    name: Annotated[str, Meta(pattern=NAME_PATTERN)]
    scopes: Annotated[list[ScopeName], Meta(min_length=1)]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    created_at: Annotated[datetime, Meta(tz=True)]
    expires_at: Annotated[datetime, Meta(tz=True)] | None = None
    records_per_s: Annotated[int, Meta(ge=0)] | None = None


class Tokens(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of a tokens file, and of the setting `api_tokens`."""

    tokens: list[Token]


def new(
    name: str,
    scopes: list[ScopeName],
    now: datetime,
    *,
    expires_days: int | None = None,
    records_per_s: int | None = None,
) -> tuple[str, Token]:
    """A new token: its text, to be shown once, and what is kept of it."""
    identity = secrets.token_hex(6)
    text = f"{_PREFIX}_{identity}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    return text, Token(
        id=identity,
        name=name,
        scopes=scopes,
        sha256=_sha256(text),
        created_at=now,
        expires_at=None if expires_days is None else now + timedelta(days=expires_days),
        records_per_s=records_per_s,
    )


def parse(content: bytes) -> dict[str, Token]:
    """Tokens by id. Raises ValueError for what is no tokens file."""
    listed = msgspec.json.decode(content, type=Tokens).tokens
    found = {token.id: token for token in listed}
    if len(found) < len(listed):
        raise ValueError("two tokens have the same id")
    return found


def find(known: dict[str, Token], text: str, now: datetime) -> Token | None:
    """The token whose text this is, unless it has expired."""
    prefix, _, rest = text[:_LENGTH_MAX].partition("_")
    token = known.get(rest.partition("_")[0]) if prefix == _PREFIX else None
    # An id that nobody has takes as long as a wrong secret.
    same = hmac.compare_digest(_sha256(text[: _LENGTH_MAX + 1]), token.sha256 if token else _NOBODY)
    if token is None or not same or is_expired(token, now):
        return None
    return token


def is_expired(token: Token, now: datetime) -> bool:
    """Whether a token is of no use any longer."""
    return token.expires_at is not None and token.expires_at <= now


def utc_now() -> datetime:
    """The time, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
