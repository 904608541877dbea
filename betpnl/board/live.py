"""How all games are now: read once a tick, for everybody who looks on and everything that watches.

It reads for as long as the board runs, viewers or not: limits are watched also when nobody looks.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import anyio
import anyio.to_thread
from pymysql.err import MySQLError

from betpnl.api import log
from betpnl.api.pnl.answers import GamePnl, time_text
from betpnl.api.pnl.feed import Feed, News
from betpnl.api.pnl.pool import why
from betpnl.board.broadcast import Broadcast
from betpnl.board.rates import Rates
from betpnl.board.rows import Row, difference, row_of
from betpnl.board.sparks import Sparks
from betpnl.board.totals import Totals
from betpnl.errors import UserError
from betpnl.monitor.verdict import Verdict

SHARE_MAX = 0.4
"""The part of the time that reading may take: on a big book it reads less often."""

BEAT_S = 1.0
"""The longest silence: whoever hears nothing for a while knows that the server is away."""

RETRY_S = 0.5
"""Between two tries while MySQL does not answer."""

Watcher = Callable[["Live"], None]


class Live:
    """All games and the sums over them; the games change in place, in the event loop's thread.

    games: open ones, and those that changed within a day. stale: why there is nothing newer, ''
    if there is. as_of: MySQL's clock at the newest reading. watchers: called after each reading.
    """

    def __init__(
        self,
        feed: Feed,
        interval_ms: int,
        verdict: Callable[[float | None, str], Verdict],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """verdict: as monitor.Parts.verdict; must not wait for anything."""
        self._feed = feed
        self._interval_s = interval_ms / 1000
        self._clock = clock
        self.games: dict[str, GamePnl] = {}
        self.totals = Totals()
        self.stale = "Nothing has been read yet."
        self.as_of: datetime | None = None
        self.newest_at: str = ""
        self.read_s = 0.0
        self.watchers: list[Watcher] = []
        self._verdict = verdict
        self.broadcast = Broadcast(self._everything)
        self._rows: dict[str, Row] = {}
        self._told: dict[str, Any] = {}
        self._told_s = 0.0
        self._rates = Rates()
        self._sparks = Sparks()
        self._thread = anyio.CapacityLimiter(1)

    async def run(self) -> None:
        """Read until cancelled."""
        try:
            while True:
                began_s = self._clock()
                news = await self._read()
                took_s = self._clock() - began_s
                if news is None:
                    await asyncio.sleep(RETRY_S)
                    continue
                share = 1 if news.whole else SHARE_MAX
                await asyncio.sleep(max(self._interval_s, took_s / share) - took_s)
        finally:
            self._feed.close()

    def top(self) -> dict[str, Any]:
        """The sums, how new they are, and whether all is well."""
        totals, verdict = self.totals, self._verdict(self.age_s, self.stale)
        sums: dict[str, Any] = {
            "games": totals.games,
            "open_games": totals.open_games,
            "bets": totals.bets,
            "bets_per_s": self._rates.total,
            **totals.texts(),
        }
        if self.as_of is None:
            # Nothing is known yet, which is not the same as nothing.
            sums = dict.fromkeys(sums)
        return {
            "as_of": time_text(self.as_of) if self.as_of else None,
            "newest_at": self.newest_at or None,
            **sums,
            "level": verdict.level,
            # The age is worked out where it is shown: a sentence with it were news at every tick.
            "sentence": "All parts answer." if verdict.level == "ok" else verdict.sentence,
        }

    def row(self, game_id: str) -> Row | None:
        """A game's line; None if it is not among the games."""
        return self._rows.get(game_id)

    @property
    def age_s(self) -> float | None:
        """Since the newest figure of any game, None before any."""
        if self.as_of is None or not self.newest_at:
            return None
        newest = datetime.fromisoformat(self.newest_at.removesuffix("Z"))
        return max(0.0, (self.as_of - newest).total_seconds()) + self._clock() - self.read_s

    async def _read(self) -> News | None:
        try:
            news = await anyio.to_thread.run_sync(self._feed.read, limiter=self._thread)
        except (UserError, MySQLError, OSError) as error:
            self._tell_stale(str(why(error)))
            return None
        except Exception as error:
            # The board must not stand still for ever on one reading; the next may succeed.
            frames = traceback.format_tb(error.__traceback__)[-4:]
            log.write("board_reading_failed", exception=type(error).__name__, frames=frames)
            self._tell_stale("Reading what changed failed.")
            return None
        self._take(news)
        return news

    def _tell_stale(self, reason: str) -> None:
        if self.stale != reason:
            log.write("board_stale", reason=reason)
        self.stale = reason
        self._tell({})

    def _take(self, news: News) -> None:
        now_s = self._clock()
        self.stale, self.as_of, self.read_s = "", news.as_of, now_s
        gone = [*news.gone, *news.past]
        for game_id in gone:
            self._remove(game_id)
        for game in news.changed:
            self.totals.change(self.games.get(game.game_id), game)
            self.games[game.game_id] = game
            self._rates.note(game.game_id, game.bets, now_s)
            self.newest_at = max(self.newest_at, game.updated_at)
        changed = [game.game_id for game in news.changed]
        rows = self._renew(dict.fromkeys((*changed, *self._rates.moved(now_s))))
        games: dict[str, Any] = {}
        if rows:
            games["rows"] = rows
        if gone:
            games["gone"] = gone
        if self._sparks.sample(self._rows.values(), now_s):
            games["sample"] = True
        for watcher in self.watchers:
            watcher(self)
        self._tell(games)

    def _tell(self, games: dict[str, Any]) -> None:
        top = self.top()
        same = {**top, "as_of": None} == {**self._told, "as_of": None}
        if same and not games and self._clock() - self._told_s < BEAT_S:
            return
        self._told, self._told_s = top, self._clock()
        self.broadcast.tell({"kind": "news", "top": top}, games)

    def _remove(self, game_id: str) -> None:
        self.totals.change(self.games.pop(game_id, None), None)
        self._rows.pop(game_id, None)
        self._rates.forget(game_id)
        self._sparks.forget(game_id)

    def _renew(self, ids: Iterable[str]) -> list[Row]:
        """Make these games' lines anew; what of them changed."""
        changes = []
        for game_id in ids:
            game = self.games.get(game_id)
            if game is None:
                continue
            row = row_of(game, self._rates.of(game_id))
            change = difference(self._rows.get(game_id, {}), row)
            self._rows[game_id] = row
            if change:
                changes.append(change)
        return changes

    def _everything(self, games: bool) -> dict[str, Any]:
        message: dict[str, Any] = {"kind": "all", "top": self.top()}
        if games:
            message |= {"rows": list(self._rows.values()), "sparks": self._sparks.all()}
        return message
