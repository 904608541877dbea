"""The tokens that are valid now: from a file that may change at any time, or from a setting."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from betpnl.api import log, tokens
from betpnl.api.tokens import Token
from betpnl.errors import UserError
from betpnl.settings import Settings

FILE = "tokens.json"
_Stamp = tuple[int, int, int]


def file_of(settings: Settings) -> Path:
    """Where the tokens of a deployment are kept."""
    return settings.api_tokens_file or settings.home / FILE


class TokenBook:
    """Looks tokens up; reads the file again when it has changed.

    A file that is broken or gone takes nobody's access away: the last good one holds, and the
    log says so.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises UserError when the setting `api_tokens` cannot be read."""
        self._path: Path | None = None
        self._stamp: _Stamp | None = None
        self._known: dict[str, Token] = {}
        given = settings.api_tokens.get_secret_value()
        if not given:
            self._path = file_of(settings)
            self._refresh()
            return
        try:
            self._known = tokens.parse(given.encode())
        except ValueError as error:
            raise UserError(
                f"Setting api_tokens is not the content of a tokens file ({error}); "
                "`betpnl token export` prints it."
            ) from None

    def find(self, text: str, now: datetime) -> Token | None:
        """The token whose text this is, if it is valid now."""
        self._refresh()
        return tokens.find(self._known, text, now)

    def by_id(self, identity: str, now: datetime) -> Token | None:
        """The token with this id, if it is valid now: for whoever has shown it before."""
        self._refresh()
        token = self._known.get(identity)
        return None if token is None or tokens.is_expired(token, now) else token

    def has_any(self, now: datetime) -> bool:
        """Whether anybody can get in."""
        self._refresh()
        return any(not tokens.is_expired(token, now) for token in self._known.values())

    def _refresh(self) -> None:
        if self._path is None:
            return
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._known = tokens.parse(self._path.read_bytes())
        except (OSError, ValueError) as error:
            log.write("tokens_unreadable", file=str(self._path), reason=str(error))
        else:
            log.write("tokens_read", file=str(self._path), tokens=len(self._known))


def _stamp(path: Path) -> _Stamp:
    """What changes when a file does; zeros when it is not there."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
