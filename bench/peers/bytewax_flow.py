"""The peer on bytewax: keyed state in a dataflow, snapshots of it in a recovery store.

Bytewax keeps its own place in the log, with the state as of then, in `peer-bytewax` below the
stack's home, and commits nothing to Kafka. After a fault it goes on from the last snapshot and
writes the same rows once more.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSource, KafkaSourceMessage
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic
from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.run import cli_main
from common import COUNTS, GAME, Deployment, Part, Valued, Valuer, changes, plus, sum_row
from processes import run_all, wanted
from tables import BET, KEYS, Background, Row

from betpnl.settings import Settings

HOST = "127.0.0.1"
PROCESSES = wanted(1)
"""Two are slower: at 250 bets a second they worked 229 off, at a third of a core."""
BATCH_BETS_MAX = 1000
SNAPSHOT = timedelta(seconds=30)
"""As ours takes a checkpoint."""
FLUSH_GAME = timedelta(milliseconds=10)
FLUSH_OTHER = timedelta(milliseconds=500)
ROWS_MAX = 1000


class Change(NamedTuple):
    """A bet's new row, and what it changes in sums."""

    row: Row
    parts: Sequence[Part]


class Newest(StatefulBatchLogic[Valued, Change, "Kept"]):
    """Keeps the newest version of one bet."""

    def __init__(self, kept: Kept | None) -> None:
        self._kept = kept

    def on_batch(self, values: list[Valued]) -> tuple[Iterable[Change], bool]:
        """One change for all versions that came together, if any of them is newer."""
        rank, before = self._kept or (None, ())
        newest = max(values, key=lambda bet: bet.rank)
        if rank is not None and newest.rank <= rank:
            return (), self.RETAIN
        self._kept = newest.rank, newest.parts
        parts = changes(before, newest.parts) if before else newest.parts
        return [Change(newest.row, parts)], self.RETAIN

    def snapshot(self) -> Kept:
        """What `__init__` takes; a tuple, never changed."""
        assert self._kept is not None
        return self._kept


Kept = tuple[tuple[int, int], tuple[Part, ...]]


class Sum(StatefulBatchLogic[Part, Row, Part]):
    """Keeps the sums of one row."""

    def __init__(self, sums: Part | None) -> None:
        self._sums = sums

    def on_batch(self, values: list[Part]) -> tuple[Iterable[Row], bool]:
        """One new row for all that came together."""
        sums = self._sums
        for part in values:
            if sums is None:
                sums = part
            else:
                sums = part._replace(amounts=tuple(plus(sums.amounts, part.amounts)))
        self._sums = sums
        return [sum_row(*sums)] if sums is not None else [], self.RETAIN

    def snapshot(self) -> Part:
        """What `__init__` takes; a tuple, never changed."""
        assert self._sums is not None
        return self._sums


class _Partition(StatefulSinkPartition[list[Row], None]):
    def __init__(self, background: Background, keys: int) -> None:
        self._background, self._keys = background, keys

    def write_batch(self, values: list[list[Row]]) -> None:
        self._background.put({tuple(row[: self._keys]): row for rows in values for row in rows})

    def snapshot(self) -> None:
        # The end of an epoch, of which nothing is read again: it has to be in MySQL.
        self._background.drain()

    def close(self) -> None:
        self._background.drain()


class Table(FixedPartitionedSink[list[Row], None]):
    """Upserts of one table, written in a thread; a snapshot waits for them."""

    def __init__(self, settings: Settings, table: str) -> None:
        self._settings, self._table = settings, table

    def list_parts(self) -> list[str]:
        """All of a table's rows go one way."""
        return [self._table]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> _Partition:
        """Connect."""
        del step_id, for_part, resume_state
        # Rows come collected by the time that they may wait.
        return _Partition(Background(self._settings, self._table, 0.0), KEYS[self._table])


def score(deployment: Deployment) -> Callable[[list[KafkaSourceMessage[Any, Any]]], list[Valued]]:
    """What values batches: with a model for each worker, which is a thread."""
    local = threading.local()

    def valued(messages: list[KafkaSourceMessage[Any, Any]]) -> list[Valued]:
        valuer: Valuer | None = getattr(local, "valuer", None)
        if valuer is None:
            valuer = local.valuer = deployment.valuer()
        return valuer.valued((each.value, each.timestamp[1]) for each in messages)

    return valued


def dataflow(deployment: Deployment) -> Dataflow:
    """From the topic to the four tables."""
    flow = Dataflow("bets")
    fetching = {"fetch.min.bytes": "20000", "fetch.wait.max.ms": "5"}
    source = KafkaSource(
        [deployment.kafka_bootstrap],
        [deployment.topic],
        add_config=fetching,
        batch_size=BATCH_BETS_MAX,
    )
    messages = op.input("log", flow, source)
    bets = op.flat_map_batch("score", messages, score(deployment))
    by_bet = op.key_on("by_bet", bets, lambda bet: bet.bet_id)
    changed = op.stateful_batch("newest", by_bet, Newest)
    rows = op.map("bet_rows", changed, lambda item: (BET, item[1].row))
    collected = op.collect("bet_flush", rows, FLUSH_OTHER, ROWS_MAX)
    op.output(BET, collected, Table(deployment.settings, BET))
    for table in COUNTS:
        parts = op.flat_map(f"{table}_parts", changed, partial(_keyed_parts, table))
        sums = op.stateful_batch(f"{table}_sums", parts, Sum)
        rows = op.map(f"{table}_rows", sums, partial(_under, table))
        interval = FLUSH_GAME if table == GAME else FLUSH_OTHER
        collected = op.collect(f"{table}_flush", rows, interval, ROWS_MAX)
        op.output(table, collected, Table(deployment.settings, table))
    return flow


def _keyed_parts(table: str, item: tuple[str, Change]) -> list[tuple[str, Part]]:
    return [("\x1f".join(part.key), part) for part in item[1].parts if part.table == table]


def _under(table: str, item: tuple[str, Row]) -> tuple[str, Row]:
    return table, item[1]


def main() -> None:
    """Run until the process is ended."""
    folder = _recovery(Deployment.load())
    if not folder.exists():
        folder.mkdir(parents=True)
        init_db_dir(folder, PROCESSES)
    addresses = _addresses() if PROCESSES > 1 else None
    run_all(partial(work, addresses), PROCESSES)


def work(addresses: Sequence[str] | None, number: int) -> None:
    """One process of the cluster; addresses: where each of them listens for the others."""
    deployment = Deployment.load()
    cli_main(
        dataflow(deployment),
        process_id=None if addresses is None else number,
        addresses=addresses,
        epoch_interval=SNAPSHOT,
        recovery_config=RecoveryConfig(str(_recovery(deployment))),
    )


def _recovery(deployment: Deployment) -> Path:
    return deployment.settings.home / "peer-bytewax"


def _addresses() -> list[str]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(PROCESSES)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [f"{HOST}:{probe.getsockname()[1]}" for probe in probes]


if __name__ == "__main__":
    main()
