"""The observer: a process of its own that asks MySQL for games' counts, again and again."""

from __future__ import annotations

import random
import time
from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import Connection

import numpy as np
from pymysql.cursors import Cursor

from betpnl.bench.matching import Floats, Seen
from betpnl.mysql import connect
from betpnl.replay import SystemClock
from betpnl.stack import Endpoints

# One row of text: what the driver does with a row for each game would cost more than the query.
# `game_pnl.bets` is this column of this table; asking the view, which joins two more for each
# game, hundreds of times a second takes a third of a core from what is measured. The games are
# named, as what earlier runs left in the table would be read each time.
QUERY = (
    "SELECT GROUP_CONCAT(game_id, '\\t', bets SEPARATOR '\\n') FROM game_placed "
    "WHERE game_id IN ({})"
)
_LINE_MAX = 128
WATCHED_MAX = 500
"""More games than this would cost MySQL more than the bets do: then so many are watched."""
Due = tuple[str, float]
"""A probe's game or bet, and when it is due, in seconds from the origin."""
PROBES_AT_ONCE = 100
"""Where more are late than this, they are looked at in turn, for the same reason."""


def watched(game_ids: Sequence[str], seed: int) -> list[str]:
    """The games to watch: all, or some that chance picks."""
    if len(game_ids) <= WATCHED_MAX:
        return list(game_ids)
    return random.Random(seed).sample(list(game_ids), WATCHED_MAX)


def observe(
    pipe: Connection,
    endpoints: Endpoints,
    game_ids: Sequence[str],
    poll_s: float,
    probe_games: Sequence[Due] = (),
    probe_bets: Sequence[Due] = (),
) -> None:
    """Poll until told to stop, then send `Looks`.

    pipe: says when it has begun. A float that comes through it is the origin of the probes' times,
    seconds since 1970; anything else is the word to stop. game_ids: the games that are looked at.
    poll_s: from one question to the next. probe_games: those that will have one bet each, and
    probe_bets: bets whose rows are looked for, each from when it is due until it is there.
    """
    clock = SystemClock()
    games = _Rows()
    probes = [
        _Probes("game_placed", "game_id", Waiting(probe_games)),
        _Probes("bet", "bet_id", Waiting(probe_bets)),
    ]
    before: set[str] = set()
    gaps_s, last_s = array("d"), clock.now()
    with connect(endpoints, read_only=True) as connection, connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        lines_max = max(len(game_ids), len(probe_games), len(probe_bets))
        cursor.execute(f"SET SESSION group_concat_max_len = {_LINE_MAX * lines_max}")
        query = QUERY.format(", ".join(map(connection.escape, game_ids)))
        pipe.send("ready")
        looking = True
        while looking:
            if pipe.poll():
                word = pipe.recv()
                # One more look after the word to stop: the last bets may just have come.
                looking = isinstance(word, float)
                if looking:
                    for each in probes:
                        each.waiting.begin(word)
            asked_s = clock.now()
            cursor.execute(query)
            row = cursor.fetchone()
            now_s = clock.now()
            rows = set(row[0].split("\n")) if row and row[0] else set()
            for line in rows - before:
                game_id, _, count = line.partition("\t")
                games.add(game_id, now_s, int(count))
            before = rows
            for each in probes:
                due = each.waiting.due(now_s) if looking else each.waiting.all()
                each.look(cursor, due, clock)
            gaps_s.append(now_s - last_s)
            last_s = now_s
            time.sleep(max(0.0, poll_s - (clock.now() - asked_s)))
    pipe.send(Looks(games.seen(), probes[0].rows.seen(), probes[1].rows.seen(), np.array(gaps_s)))


@dataclass(frozen=True)
class Looks:
    """What the observer saw. games: of the games that it looked at. probe_games, probe_bets: of
    those. gaps_s: seconds between its answers."""

    games: Seen
    probe_games: Seen
    probe_bets: Seen
    gaps_s: Floats


class Waiting:
    """The probes that are due and not there yet."""

    def __init__(self, probes: Sequence[Due]) -> None:
        """probes: rising by when they are due."""
        self._coming = deque(probes)
        self._origin_s = float("inf")
        self._missing: dict[str, None] = {}

    def begin(self, origin_s: float) -> None:
        """The origin of their times, in seconds since 1970."""
        self._origin_s = origin_s

    def due(self, now_s: float) -> list[str]:
        """Those to look at now; where many are late, some of them, all in turn."""
        while self._coming and self._origin_s + self._coming[0][1] <= now_s:
            self._missing[self._coming.popleft()[0]] = None
        chosen = list(islice(self._missing, PROBES_AT_ONCE))
        if len(self._missing) > PROBES_AT_ONCE:
            for probe in chosen:
                self._missing[probe] = self._missing.pop(probe)
        return chosen

    def all(self) -> list[str]:
        """All that are not there, the coming ones too."""
        self._missing.update((probe, None) for probe, _ in self._coming)
        self._coming.clear()
        return list(self._missing)

    def seen(self, probe: str) -> None:
        """It is there."""
        del self._missing[probe]


class _Probes:
    """Looks for probes in a table, each under its key."""

    def __init__(self, table: str, key: str, waiting: Waiting) -> None:
        self._query = (
            f"SELECT GROUP_CONCAT({key} SEPARATOR '\\n') FROM {table} WHERE {key} IN ({{}})"
        )
        self.waiting = waiting
        self.rows = _Rows()

    def look(self, cursor: Cursor, due: list[str], clock: SystemClock) -> None:
        if not due:
            return
        cursor.execute(self._query.format(", ".join(map(cursor.connection.escape, due))))
        row = cursor.fetchone()
        now_s = clock.now()
        for probe in row[0].split("\n") if row and row[0] else ():
            self.waiting.seen(probe)
            self.rows.add(probe, now_s, 1)


class _Rows:
    """Collects what becomes `Seen`."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._at_s, self._games, self._counts = array("d"), array("q"), array("q")

    def add(self, name: str, at_s: float, count: int) -> None:
        self._at_s.append(at_s)
        self._games.append(self._ids.setdefault(name, len(self._ids)))
        self._counts.append(count)

    def seen(self) -> Seen:
        return Seen(
            list(self._ids),
            np.array(self._at_s),
            np.array(self._games, np.int64),
            np.array(self._counts, np.int64),
        )
