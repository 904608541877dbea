"""The file of tokens, changed by one command at a time, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from betpnl.api import tokens
from betpnl.api.tokens import Token, Tokens
from betpnl.errors import UserError
from betpnl.stack.memory import exclusive, write_private


def read(path: Path) -> list[Token]:
    """The tokens of a file, none when there is no file. Raises UserError for a broken one."""
    try:
        return list(tokens.parse(path.read_bytes()).values())
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise UserError(
            f"The tokens file {path} cannot be read ({error}); mend it, or move it away and make "
            "the tokens anew."
        ) from None


def add(path: Path, token: Token) -> None:
    """Keep one more token."""
    _change(path, lambda known: [*known, token])


def revoke(path: Path, identity: str) -> Token:
    """Forget a token; returns it. Raises UserError when there is none with this id."""
    found: list[Token] = []

    def without(known: list[Token]) -> list[Token]:
        found.extend(token for token in known if token.id == identity)
        if not found:
            raise UserError(f"There is no token {identity} in {path}; see `betpnl token list`.")
        return [token for token in known if token.id != identity]

    _change(path, without)
    return found[0]


def text_of(known: list[Token]) -> str:
    """The content of a file with these tokens."""
    return msgspec.json.encode(Tokens(known)).decode()


def _change(path: Path, change: Callable[[list[Token]], list[Token]]) -> None:
    busy = f"Another `betpnl token` is changing {path}; try again."
    with exclusive(path.with_name(f".{path.name}.lock"), busy):
        changed = change(read(path))
        write_private(path, msgspec.json.format(text_of(changed), indent=2) + "\n")
