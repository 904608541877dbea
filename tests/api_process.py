"""A real `betpnl ingest`, a log to hold it against, and bets without end."""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from betpnl.api.ingest.examples import EXAMPLES
from betpnl.settings import Settings
from betpnl.stack.resolve import kafka_bootstrap
from tests.waiting import DEADLINE_S, until


@dataclass
class Running:
    """One `betpnl ingest` process."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        """Where it says that it listens, '' before it does."""
        said = re.search(r"^API: (\S+)$", self.log.read_text(), re.MULTILINE)
        return said[1] if said else ""

    def ready(self) -> str:
        """'' when it is, else what is missing."""
        try:
            answer = httpx.get(f"{self.url}/readyz", timeout=60)
        except httpx.TransportError as error:
            return f"no answer ({error})"
        return "" if answer.status_code == 200 else str(answer.json()["error"]["message"])

    def end(self) -> int:
        """SIGTERM, as a platform sends it; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_S)


@contextmanager
def ingesting(settings: Settings, folder: Path, *, missing: str = "") -> Iterator[Running]:
    """The API as a process, once it is ready, or says that this is missing."""
    log = folder / f"ingest-{secrets.token_hex(4)}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "betpnl.cli", "ingest"],
            env={**os.environ, **settings.environment()},
            stdout=output,
            stderr=output,
        )
    running = Running(process, log)
    try:
        until(lambda: bool(running.url) or process.poll() is not None, log.read_text)
        assert process.poll() is None, log.read_text()
        until(
            lambda: missing in running.ready() if missing else not running.ready(),
            lambda: f"{running.ready()}\n{log.read_text()}",
        )
        yield running
    finally:
        process.kill()
        process.wait()


def bet(bet_id: str, **values: Any) -> dict[str, Any]:
    """A bet accepted just now."""
    now = datetime.now(UTC).isoformat()
    return {**EXAMPLES["bets"][0], "bet_id": bet_id, "accepted_at": now, **values}


def messages(settings: Settings, topic: str) -> list[tuple[int, bytes, bytes]]:
    """All that a topic holds now: partition, key, value."""
    consumer = Consumer(
        {
            "bootstrap.servers": kafka_bootstrap(settings),
            "group.id": "test",
            "enable.auto.commit": False,
        }
    )
    try:
        present = consumer.list_topics(topic, timeout=60).topics[topic].partitions
        parts = [TopicPartition(topic, number, OFFSET_BEGINNING) for number in present]
        ends = {
            part.partition: consumer.get_watermark_offsets(part, timeout=60)[1] for part in parts
        }
        consumer.assign(parts)
        found: list[tuple[int, bytes, bytes]] = []

        def read() -> bool:
            for message in consumer.consume(10_000, timeout=1):
                assert message.error() is None
                found.append((message.partition(), message.key(), message.value()))
            return len(found) >= sum(ends.values())

        until(read, lambda: f"{len(found)} of {sum(ends.values())} messages of {topic}")
        return found
    finally:
        consumer.close()


@dataclass
class Load:
    """Sends bets in batches from several threads until it is told to stop."""

    url: str
    token: str
    name: str
    threads: int = 3
    accepted: set[str] = field(default_factory=set)
    statuses: list[int] = field(default_factory=list)
    _end: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Load:
        self._workers = [
            threading.Thread(target=self._send, args=(number,)) for number in range(self.threads)
        ]
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        for worker in self._workers:
            worker.join()

    def _send(self, worker: int) -> None:
        headers = {"authorization": f"Bearer {self.token}"}
        with httpx.Client(base_url=self.url, headers=headers, timeout=DEADLINE_S) as client:
            batch = 0
            while not self._end.is_set():
                ids = [f"{self.name}-{worker}-{batch}-{place}" for place in range(20)]
                batch += 1
                try:
                    answer = client.post("/v1/bets", content=json.dumps([bet(i) for i in ids]))
                except httpx.TransportError:
                    # Nothing was promised.
                    self._end.wait(0.05)
                    continue
                self.statuses.append(answer.status_code)
                if answer.status_code == 202:
                    self.accepted.update(ids)
                elif answer.status_code != 503:
                    return
                else:
                    self._end.wait(0.05)
