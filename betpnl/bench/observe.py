"""The observer: a process of its own that asks MySQL for games' counts, again and again."""

from __future__ import annotations

import random
import time
from array import array
from collections.abc import Sequence
from multiprocessing.connection import Connection

import numpy as np

from betpnl.bench.matching import Seen
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


def watched(game_ids: Sequence[str], seed: int) -> list[str]:
    """The games to watch: all, or some that chance picks."""
    if len(game_ids) <= WATCHED_MAX:
        return list(game_ids)
    return random.Random(seed).sample(list(game_ids), WATCHED_MAX)


def observe(pipe: Connection, endpoints: Endpoints, game_ids: Sequence[str], poll_s: float) -> None:
    """Poll until told to stop, then send `(Seen, seconds between answers)`.

    pipe: says when it has begun; anything that comes through it is the word to stop.
    game_ids: the games that are looked at. poll_s: from one question to the next.
    """
    clock = SystemClock()
    ids: dict[str, int] = {}
    at_s, games, counts = array("d"), array("q"), array("q")
    before: set[str] = set()
    gaps_s, last_s = array("d"), clock.now()
    with connect(endpoints, read_only=True) as connection, connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        cursor.execute(f"SET SESSION group_concat_max_len = {_LINE_MAX * len(game_ids)}")
        query = QUERY.format(", ".join(map(connection.escape, game_ids)))
        pipe.send("ready")
        looking = True
        while looking:
            # One more look after the word to stop: the last bets may just have come.
            looking = not pipe.poll()
            asked_s = clock.now()
            cursor.execute(query)
            row = cursor.fetchone()
            now_s = clock.now()
            rows = set(row[0].split("\n")) if row and row[0] else set()
            for line in rows - before:
                game_id, _, count = line.partition("\t")
                at_s.append(now_s)
                games.append(ids.setdefault(game_id, len(ids)))
                counts.append(int(count))
            before = rows
            gaps_s.append(now_s - last_s)
            last_s = now_s
            time.sleep(max(0.0, poll_s - (clock.now() - asked_s)))
    seen = Seen(list(ids), np.array(at_s), np.array(games, np.int64), np.array(counts, np.int64))
    pipe.send((seen, np.array(gaps_s)))
