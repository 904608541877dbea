"""The peer on Quix Streams: one message at a time, state in RocksDB with changelogs in Kafka.

Messages are handed over one by one, so each bet is an inference of its own. Sums need all bets of
a game in one place: what each bet changes goes through a topic that is keyed by game. Rows are
written meanwhile; a checkpoint waits for them, and commits offsets. After a fault it goes on from
the last checkpoint.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from common import COUNTS, GAME, Deployment, Part, Valued, changes, plus, sum_row
from processes import run_all, wanted
from quixstreams import Application, State
from quixstreams.sinks import BaseSink
from tables import BET, Background, Row, as_it_is

from betpnl.settings import Settings

GROUP = "peer-quix"
PROCESSES = wanted(2)
FLUSH_GAME_S = 0.01
FLUSH_OTHER_S = 0.5
CHECKPOINT_S = 30.0
"""As ours takes one."""
POLL_S = 0.01
LINGER_MS = 2

Json = dict[str, Any]


class Table(BaseSink):
    """Upserts of one table, written in a thread; a checkpoint waits for them."""

    def __init__(
        self,
        settings: Settings,
        table: str,
        interval_s: float,
        row: Callable[[Any, Any], Row] = as_it_is,
    ) -> None:
        super().__init__()
        self._make = partial(Background, settings, table, interval_s, row)

    def setup(self) -> None:
        """Connect."""
        self._background = self._make()

    def add(self, value: Any, *_: Any, **__: Any) -> None:
        """Take a row, with its key before it; a later one replaces it."""
        key, row = value
        self._background.put({key: row})

    def flush(self) -> None:
        """Wait until all rows are written."""
        self._background.drain()


def score(deployment: Deployment) -> Callable[..., list[Valued]]:
    """What values a message: a list of one bet, or of none."""
    valuer = deployment.valuer()

    def valued(value: bytes | None, key: Any, timestamp: int, headers: Any) -> list[Valued]:
        del key, headers
        return valuer.valued([(value, timestamp)])

    return valued


def newest(bet: Valued, state: State) -> tuple[Row, list[Part]] | None:
    """Keep the newest version; its row and what it changes, None if nothing."""
    rank, before = state.get("newest", default=(None, ()))
    if rank is not None and bet.rank <= tuple(rank):
        return None
    # JSON takes tuples, but none that have names.
    state.set("newest", (bet.rank, [tuple(part) for part in bet.parts]))
    known = [Part(table, tuple(key), tuple(amounts)) for table, key, amounts in before]
    return bet.row, changes(known, bet.parts) if known else list(bet.parts)


def by_game(changed: tuple[Row, list[Part]]) -> list[Json]:
    """What a bet changes, apart for each of its games; the first of each key is the game."""
    games: dict[str, list[tuple[Any, ...]]] = {}
    for part in changed[1]:
        games.setdefault(part.key[0], []).append(tuple(part))
    return [{"game_id": game_id, "parts": parts} for game_id, parts in games.items()]


def add_up(value: Json, state: State) -> list[Part]:
    """Add to a game's sums; the rows that it changes."""
    found = []
    for table, key, amounts in value["parts"]:
        name = "\x1f".join((table, *key))
        known = state.get(name)
        sums = amounts if known is None else plus(known, amounts)
        state.set(name, sums)
        found.append(Part(table, tuple(key), tuple(sums)))
    return found


def application(deployment: Deployment, number: int) -> Application:
    """From the topic to the four tables. number: of this process, whose state is its own."""
    settings = deployment.settings
    app = Application(
        deployment.kafka_bootstrap,
        consumer_group=GROUP,
        auto_offset_reset="earliest",
        state_dir=settings.home / GROUP / str(number),
        commit_interval=CHECKPOINT_S,
        consumer_poll_timeout=POLL_S,
        consumer_extra_config={"fetch.min.bytes": 20_000, "fetch.wait.max.ms": 5},
        producer_extra_config={"linger.ms": LINGER_MS, "compression.type": "lz4"},
        loglevel="WARNING",
    )
    topic = app.topic(deployment.topic, key_deserializer="str", value_deserializer="bytes")
    bets = app.dataframe(topic).apply(score(deployment), expand=True, metadata=True)
    changed = bets.apply(newest, stateful=True).filter(lambda change: change is not None)
    rows = changed.apply(lambda change: (change[0][0], change[0]))
    rows.sink(Table(settings, BET, FLUSH_OTHER_S))
    games = changed.apply(by_game, expand=True).group_by("game_id")
    sums = games.apply(add_up, stateful=True, expand=True)
    for table in COUNTS:
        of_table = sums.filter(_is_of(table)).apply(lambda part: (part.key, part.amounts))
        interval_s = FLUSH_GAME_S if table == GAME else FLUSH_OTHER_S
        of_table.sink(Table(settings, table, interval_s, partial(sum_row, table)))
    return app


def _is_of(table: str) -> Callable[[Part], bool]:
    return lambda part: part.table == table


def work(number: int) -> None:
    """Run one process of the group until it is ended."""
    application(Deployment.load(), number).run()


if __name__ == "__main__":
    run_all(work, PROCESSES)
