"""The floor: one plain Python process, sums in NumPy, nothing that would survive it but the log.

It reads the log from its start whenever it is started, for its state is in memory only. The
offsets that it commits say how far MySQL has come; nothing is read from them.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterable, Sequence

import numpy as np
from common import COUNTS, GAME, MINUTE, SELECTION, Deployment, Part, Valued, changes, sum_row
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from numpy.typing import NDArray
from tables import BET, COLUMNS, KEYS, Row, Upserts

BATCH_BETS_MAX = 1000
POLL_S = 0.005
FLUSH_GAME_S = 0.01
FLUSH_OTHER_S = 0.5


class Sums:
    """The sums of one table: a matrix with a row for each key. Holds up to 2**63 / 10**4."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._places: dict[tuple[str, ...], int] = {}
        self._keys: list[tuple[str, ...]] = []
        width = len(COLUMNS[table]) - KEYS[table]
        self._matrix: NDArray[np.int64] = np.zeros((1024, width), np.int64)
        self._changed: set[int] = set()

    def add(self, parts: Sequence[Part]) -> None:
        """Add what bets put on rows of this table."""
        places = [self._place(part.key) for part in parts]
        np.add.at(self._matrix, places, np.array([part.amounts for part in parts], np.int64))
        self._changed.update(places)

    def take_changed(self) -> list[Row]:
        """The rows that have changed since this was asked last."""
        changed, self._changed = sorted(self._changed), set()
        amounts = self._matrix[changed].tolist()
        return [
            sum_row(self._table, self._keys[place], row)
            for place, row in zip(changed, amounts, strict=True)
        ]

    def _place(self, key: tuple[str, ...]) -> int:
        place = self._places.setdefault(key, len(self._keys))
        if place == len(self._keys):
            self._keys.append(key)
            if place == len(self._matrix):
                self._matrix = np.concatenate([self._matrix, np.zeros_like(self._matrix)])
        return place


class Book:
    """The newest version of each bet, and the sums over them. One thread at a time."""

    def __init__(self) -> None:
        self._newest: dict[str, tuple[tuple[int, int], tuple[Part, ...]]] = {}
        self._bets: dict[str, Row] = {}
        self._sums = {table: Sums(table) for table in COUNTS}

    def take(self, bets: Iterable[Valued]) -> None:
        """Take versions of bets; one that is no newer than what is known changes nothing."""
        parts: dict[str, list[Part]] = {table: [] for table in COUNTS}
        for bet in bets:
            rank, before = self._newest.get(bet.bet_id, (None, ()))
            if rank is not None and bet.rank <= rank:
                continue
            self._newest[bet.bet_id] = bet.rank, bet.parts
            self._bets[bet.bet_id] = bet.row
            for part in changes(before, bet.parts) if before else bet.parts:
                parts[part.table].append(part)
        for table, changed in parts.items():
            if changed:
                self._sums[table].add(changed)

    def take_changed(self, table: str) -> list[Row]:
        """The rows of a table that have changed since this was asked last."""
        if table != BET:
            return self._sums[table].take_changed()
        changed, self._bets = self._bets, {}
        return list(changed.values())


class Writer:
    """Writes what changed in some tables, every so often, in a thread of its own."""

    def __init__(
        self, deployment: Deployment, book: Book, lock: threading.Lock, tables: Sequence[str]
    ) -> None:
        self._book, self._book_lock = book, lock
        self._tables = {table: Upserts(deployment.settings, table) for table in tables}
        self._one_at_a_time = threading.Lock()

    def flush(self) -> None:
        """Write what has changed so far; it stands in MySQL when this returns."""
        with self._one_at_a_time:
            for table, upserts in self._tables.items():
                with self._book_lock:
                    rows = self._book.take_changed(table)
                upserts.write(rows)


class Peer:
    """Reads, and has two threads write."""

    def __init__(self, deployment: Deployment) -> None:
        self._book, self._lock = Book(), threading.Lock()
        self._valuer = deployment.valuer()
        self._consumer = Consumer(
            {
                "bootstrap.servers": deployment.kafka_bootstrap,
                "group.id": "peer-floor",
                "enable.auto.commit": False,
                "fetch.min.bytes": 20_000,
                "fetch.wait.max.ms": 5,
            }
        )
        self._topic = deployment.topic
        self._consumer.subscribe([self._topic], on_assign=_from_the_start)
        self._game = Writer(deployment, self._book, self._lock, [GAME])
        self._others = Writer(deployment, self._book, self._lock, [BET, MINUTE, SELECTION])
        # By partition, the offset after the last message whose bet is in the book.
        self._taken: dict[int, int] = {}
        self._ended = threading.Event()
        self._failed: BaseException | None = None

    def run(self) -> None:
        """Until told to stop; raises what went wrong in a thread."""
        threads = [
            threading.Thread(target=self._write, args=(self._game, FLUSH_GAME_S)),
            threading.Thread(target=self._write, args=(self._others, FLUSH_OTHER_S)),
        ]
        for thread in threads:
            thread.start()
        try:
            while not self._ended.is_set():
                self._read()
        finally:
            self._ended.set()
            for thread in threads:
                thread.join()
            self._consumer.close()
        if self._failed is not None:
            raise self._failed

    def stop(self, *_: object) -> None:
        """End after a last flush."""
        self._ended.set()

    def _read(self) -> None:
        messages = self._consumer.consume(BATCH_BETS_MAX, POLL_S)
        batch = [each for each in messages if each.error() is None]
        if batch:
            bets = self._valuer.valued((each.value(), each.timestamp()[1]) for each in batch)
            with self._lock:
                self._book.take(bets)
                self._taken.update((each.partition(), each.offset() + 1) for each in batch)

    def _write(self, writer: Writer, interval_s: float) -> None:
        try:
            last = False
            while not last:
                began_s = time.monotonic()
                last = self._ended.is_set()
                with self._lock:
                    taken = dict(self._taken)
                writer.flush()
                if writer is self._others and taken:
                    self._game.flush()
                    self._commit(taken)
                self._ended.wait(max(0.0, began_s + interval_s - time.monotonic()))
        except BaseException as error:
            self._failed = error
            self._ended.set()

    def _commit(self, taken: dict[int, int]) -> None:
        offsets = [TopicPartition(self._topic, number, at) for number, at in taken.items()]
        self._consumer.commit(offsets=offsets, asynchronous=True)


def _from_the_start(consumer: Consumer, partitions: list[TopicPartition]) -> None:
    for partition in partitions:
        partition.offset = OFFSET_BEGINNING
    consumer.assign(partitions)


def main() -> None:
    """Run until SIGTERM."""
    peer = Peer(Deployment.load())
    signal.signal(signal.SIGTERM, peer.stop)
    signal.signal(signal.SIGINT, peer.stop)
    peer.run()


if __name__ == "__main__":
    main()
