"""A stack without the Flink job, and a peer that works for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from confluent_kafka import Producer

from betpnl import stack
from betpnl.contract.topics import BETS
from betpnl.errors import UserError
from betpnl.job.schema import create_tables
from betpnl.kafka import producer_config
from betpnl.mysql import connect
from betpnl.paths import PROJECT
from betpnl.settings import Settings
from betpnl.stack import Endpoints, resolve
from betpnl.stack.interrupt import interruptible

PEERS = {
    "floor": "floor.py",
    "bytewax": "bytewax_flow.py",
    "quix": "quix_app.py",
    "spark": "spark_job.py",
}
SCRIPTS = PROJECT / "bench" / "peers"
SERVICES = ("mysql", "kafka")
PROBE = "probe"
START_S = 120.0
STOP_S = 20.0


@contextmanager
def services(settings: Settings) -> Iterator[Endpoints]:
    """MySQL with empty tables, and Kafka, for the length of the block. Raises UserError."""
    with interruptible() as uninterruptible:
        stack.start(settings, names=SERVICES)
        try:
            found = resolve.mysql(settings)
            found = replace(found, kafka_bootstrap=resolve.kafka_bootstrap(settings))
            with connect(found) as connection:
                create_tables(connection, settings)
            yield found
        finally:
            uninterruptible()
            stack.stop(settings, names=SERVICES)


def interpreter(name: str) -> Path:
    """The Python of a peer's environment. Raises UserError when it was not made yet."""
    environment = PROJECT / ".cache" / "peers" / name
    python = environment / "bin" / "python"
    if not python.exists():
        raise UserError(f"{environment} is missing; bench/peers/setup.sh makes it.")
    return python


@contextmanager
def peer(name: str, settings: Settings, found: Endpoints) -> Iterator[subprocess.Popen[bytes]]:
    """The peer's process, once a bet has come through it. Raises UserError if none does."""
    python = interpreter(name)
    log = settings.home / "logs" / f"peer-{name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [python, SCRIPTS / PEERS[name]],
            env={
                **os.environ,
                **settings.environment(),
                # Spark's workers look for their functions beside the script.
                "PYTHONPATH": f"{PROJECT}{os.pathsep}{SCRIPTS}",
                "PYSPARK_PYTHON": str(python),
            },
            stdout=output,
            stderr=output,
            # Whatever it starts itself ends with it.
            start_new_session=True,
        )
    try:
        _send_probe(settings, found)
        query = "SELECT COUNT(*) FROM game_placed WHERE game_id = 'probe'"
        wait(
            lambda: process.poll() is not None or rows(found, query) == [(1,)],
            START_S,
            f"no bet has come through {name}; its log is {log}",
        )
        if process.poll() is not None:
            raise UserError(f"{name} has ended; its log is {log}.")
        yield process
    finally:
        _end(process)


def rows(found: Endpoints, query: str) -> list[tuple[object, ...]]:
    """What a query gives."""
    with connect(found, read_only=True) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def wait(condition: Callable[[], bool], patience_s: float, otherwise: str) -> None:
    """Until it holds. Raises UserError saying ``otherwise`` when patience ends."""
    until_s = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > until_s:
            raise UserError(f"{otherwise}, after {patience_s:.0f} s.")
        time.sleep(0.1)


def _send_probe(settings: Settings, found: Endpoints) -> None:
    record = {
        "bet_id": PROBE,
        "version": 1,
        "status": "accepted",
        "accepted_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "currency": settings.base_currency,
        "stake": 1,
        "legs": [
            {
                "leg": 1,
                "game_id": PROBE,
                "sport": "football",
                "market": "match_result",
                "selection": "home",
                "odds": 2,
            }
        ],
    }
    producer = Producer(producer_config(found.kafka_bootstrap))
    producer.produce(settings.topic_prefix + BETS.name, json.dumps(record).encode(), PROBE)
    if producer.flush(10.0):
        raise UserError(f"Kafka at {found.kafka_bootstrap} did not take a bet.")


def _end(process: subprocess.Popen[bytes]) -> None:
    """With all that it started: it leads a session of its own."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except ProcessLookupError:
            break
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
