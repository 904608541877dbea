"""What one listener has still to be told: the newest of each game, never more than that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from betpnl.api.pnl.answers import GamePnl


class Told(NamedTuple):
    """A game as the stream has it. number: of the reading that brought it. raw: its JSON."""

    game: GamePnl
    number: int
    raw: bytes


@dataclass
class Batch:
    """What is handed to a listener at once. number: of the newest reading in it.

    stale: why there is nothing newer, '' if there is. as_of: of the newest reading, '' before any.
    """

    number: int
    as_of: str
    whole: bool = False
    games: list[bytes] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    stale: str = ""


class Mailbox:
    """Bounded by the games there are: what is not fetched yet is replaced by what is newer.

    Lives in the event loop's thread alone.
    """

    def __init__(self, wanted: Callable[[GamePnl], bool]) -> None:
        self._wanted = wanted
        self._games: dict[str, bytes] = {}
        self._removed: dict[str, None] = {}
        self._whole = False
        self._stale: str | None = None
        self._number = 0
        self._as_of = ""
        self._news = asyncio.Event()
        self.primed = False

    def put_all(self, games: Iterable[Told], number: int, as_of: str) -> None:
        """Everything there is: what stood here before is of no use."""
        self._games, self._removed, self._whole = {}, {}, True
        self._add(games, (), number, as_of)

    def put_since(
        self, games: Iterable[Told], removed: Iterable[str], number: int, as_of: str
    ) -> None:
        """All that came after what the listener had when it was here last."""
        self._add(games, removed, number, as_of)

    def put(
        self,
        changes: Iterable[tuple[Told | None, Told | None]],
        number: int,
        as_of: str,
    ) -> None:
        """Changes, each as what the game was and what it is; None where it was or is not there."""
        games, removed = [], []
        for before, after in changes:
            if after is not None and self._wanted(after.game):
                games.append(after)
            elif before is not None and self._wanted(before.game):
                removed.append(before.game.game_id)
        if games or removed or self._stale is not None:
            self._add(games, removed, number, as_of)
        else:
            self._number, self._as_of = number, as_of

    def put_stale(self, reason: str, as_of: str) -> None:
        """There is nothing newer, and why."""
        self._stale, self._as_of = reason, as_of
        self._news.set()

    async def wait(self) -> None:
        """Return when there is something to take."""
        await self._news.wait()

    def take(self) -> Batch:
        """All there is, which is then no longer here."""
        batch = Batch(
            number=self._number,
            as_of=self._as_of,
            whole=self._whole,
            games=list(self._games.values()),
            removed=list(self._removed),
            stale=self._stale or "",
        )
        self._games, self._removed, self._whole = {}, {}, False
        if self._stale:
            # Kept as '': the first news after it goes out even if no game changed.
            self._stale = ""
        self._news.clear()
        return batch

    def _add(self, games: Iterable[Told], removed: Iterable[str], number: int, as_of: str) -> None:
        for told in games:
            if self._wanted(told.game):
                self._removed.pop(told.game.game_id, None)
                self._games[told.game.game_id] = told.raw
        for game_id in removed:
            self._games.pop(game_id, None)
            self._removed[game_id] = None
        self._stale = None
        self._number, self._as_of, self.primed = number, as_of, True
        self._news.set()
