"""Who may look on, and who may set limits.

On the machine's own address nobody has to log in. Anywhere else a token is shown, with the scope
`pnl:read`, and `limits:write` for setting limits; the session then stands in a signed cookie, and
ends with the token.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import HTTPConnection

from betpnl.api.server import is_loopback
from betpnl.api.token_book import TokenBook
from betpnl.api.tokens import Token
from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack.memory import private_folder, write_private

READ_SCOPE = "pnl:read"
LIMITS_SCOPE = "limits:write"
SESSION_KEY = "token"
_SECRET_FILE = "board.secret"


@dataclass(frozen=True)
class Person:
    """Who looks on. name: of the token."""

    name: str
    may_set_limits: bool


HERE = Person("this machine", True)


class Door:
    """Knows who may come in. Raises UserError where others could and nobody has a token."""

    def __init__(self, settings: Settings) -> None:
        self.is_locked = settings.board_login == "always" or not is_loopback(settings.board_host)
        self._book = TokenBook(settings)
        if self.is_locked and not self._book.has_any(datetime.now(UTC)):
            raise UserError(
                f"Whoever looks at the board on {settings.board_host} has to log in, but there is "
                "no valid token; make one with `betpnl token add NAME --scope pnl:read`, or set "
                "board_host to 127.0.0.1 and board_login to auto."
            )

    def who(self, connection: HTTPConnection) -> Person | None:
        """Whoever this request comes from; None if they have to log in first."""
        if not self.is_locked:
            return HERE
        scheme, _, text = connection.headers.get("authorization", "").partition(" ")
        now = datetime.now(UTC)
        if scheme.lower() == "bearer":
            return _person(self._book.find(text.strip(), now))
        session: dict[str, Any] = connection.scope.get("session", {})
        return _person(self._book.by_id(str(session.get(SESSION_KEY, "")), now))

    def let_in(self, text: str) -> Token | None:
        """The token that somebody shows, if it lets them in."""
        token = self._book.find(text.strip(), datetime.now(UTC))
        return token if token is not None and READ_SCOPE in token.scopes else None


def cookie_secret(settings: Settings) -> str:
    """What cookies are signed with; kept, so that a restart logs nobody out."""
    path = settings.home / _SECRET_FILE
    private_folder(settings.home)
    if not path.is_file():
        write_private(path, secrets.token_urlsafe(32))
    return path.read_text(encoding="utf-8").strip()


def _person(token: Token | None) -> Person | None:
    if token is None or READ_SCOPE not in token.scopes:
        return None
    return Person(token.name, LIMITS_SCOPE in token.scopes)
