"""A choice in a page's address, so that a link shows the same what-if; and addresses of games.

`score=2-1` is a final score, each `win=` a winner: market, line and selection with U+001F between
them, which no id can hold. What is no choice is left out: an address may say anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, urlencode

from betpnl.board.what_if import Choice, Market
from betpnl.contract.limits import ID_LENGTH_MAX
from betpnl.score_markets import Score

SEPARATOR = "\x1f"
SCORE_MAX = 999
WINNERS_MAX = 200
_SCORE = re.compile(r"([0-9]{1,3})-([0-9]{1,3})", re.ASCII)
# A browser takes such a step in a path for itself, however it is written.
_STEPS = (".", "..")


def read(pairs: Iterable[tuple[str, str]]) -> Choice:
    """The choice among the parameters of an address."""
    score = None
    winners: dict[Market, str] = {}
    for name, value in pairs:
        if name == "score":
            found = _SCORE.fullmatch(value)
            score = Score(int(found[1]), int(found[2])) if found else None
        elif name == "win" and len(winners) < WINNERS_MAX:
            parts = value.split(SEPARATOR)
            if len(parts) == 3 and all(len(part) <= ID_LENGTH_MAX for part in parts):
                market, line, selection = parts
                winners[Market(market, line)] = selection
    return Choice(score, winners)


def write(choice: Choice) -> str:
    """The parameters of a choice, '' for none."""
    pairs = [("win", SEPARATOR.join((*market, name))) for market, name in choice.winners.items()]
    if choice.score is not None:
        pairs.insert(0, ("score", f"{choice.score.home}-{choice.score.away}"))
    return urlencode(pairs)


def game_address(game_id: str, choice: Choice | None = None) -> str:
    """The page of a game, with what is chosen on it."""
    return _address("game", game_id, write(choice) if choice else "")


def bet_address(bet_id: str) -> str:
    """The page of a bet."""
    return _address("bet", bet_id, "")


def parameters(**values: str) -> str:
    """The parameters of an address, whatever they hold."""
    return urlencode(values)


def _address(page: str, name: str, parameters: str) -> str:
    if name in _STEPS:
        whole = "&".join(filter(None, (urlencode({"id": name}), parameters)))
        return f"/{page}?{whole}"
    return f"/{page}/{quote(name, safe='')}" + (f"?{parameters}" if parameters else "")
