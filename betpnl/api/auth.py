"""Who asks, and whether they may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from betpnl.api.errors import ApiError
from betpnl.api.token_book import TokenBook

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token made with `betpnl token add`.",
)
_Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]


@dataclass(frozen=True)
class Client:
    """Whoever a token was made for. records_per_s: their own limit, None for the setting's."""

    name: str
    scopes: frozenset[str]
    records_per_s: int | None = None


def requires(scope: str) -> Callable[..., Awaitable[Client]]:
    """A dependency that lets in whoever has a valid token with this scope, before any body is
    read; its value is the Client. Others are answered 401 or 403."""

    async def client(request: Request, credentials: _Credentials) -> Client:
        if credentials is None:
            raise ApiError(
                401, "no_token", "Send a token in the header `Authorization: Bearer ...`."
            )
        book: TokenBook = request.app.state.tokens
        token = book.find(credentials.credentials, datetime.now(UTC))
        if token is None:
            raise ApiError(401, "unknown_token", "The token is unknown, revoked or expired.")
        request.state.log["client"] = token.name
        if scope not in token.scopes:
            raise ApiError(403, "missing_scope", f"The token lacks the scope {scope}.")
        return Client(token.name, frozenset(token.scopes), token.records_per_s)

    return client
