"""A running betpnl for the tests to act upon: real services, the real job, and its audit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from betpnl import stack
from betpnl.contract.topics import KEY_SEPARATOR, TOPICS
from betpnl.mysql import connect
from betpnl.settings import Settings
from tests.waiting import DEADLINE_S, until

# Small, so that a machine of two cores has room; checkpoints come often, as `verify` waits for
# one.
SMALL: dict[str, Any] = {
    "flink_jobmanager_mb": 1024,
    "flink_taskmanager_mb": 2048,
    "mysql_buffer_pool_mb": 128,
    "kafka_heap_mb": 256,
    "start_timeout_s": DEADLINE_S,
    "checkpoint_interval_ms": 2000,
}
Record = Mapping[str, Any]
# For what rows flushed one by one would not show better: it need not take twice as long.
ON_BATCHED_WORLD = [
    pytest.mark.e2e,
    pytest.mark.parametrize("world", [1000], indirect=True, ids=["batched"]),
]


def betpnl(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a user calls it."""
    return subprocess.run(
        [sys.executable, "-m", "betpnl.cli", *arguments],
        env={**os.environ, **settings.environment()},
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * DEADLINE_S,
    )


@dataclass
class World:
    """One deployment: its settings, where it answers, and ways to act on it."""

    settings: Settings
    found: stack.Endpoints
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._producer = Producer(
            {
                "bootstrap.servers": self.found.kafka_bootstrap,
                "enable.idempotence": True,
                "linger.ms": 1,
                "message.max.bytes": 2_000_000,
            }
        )
        self._keys = {topic.name: topic.key_fields for topic in TOPICS}

    def send(self, topic: str, *records: Record | bytes | None, key: str | None = None) -> None:
        """Send records, or raw bytes as they are, and wait until Kafka has them."""
        for record in records:
            value = json.dumps(record).encode() if isinstance(record, Mapping) else record
            name = key
            if name is None and isinstance(record, Mapping):
                parts = (str(record.get(part, "")) for part in self._keys[topic])
                name = KEY_SEPARATOR.join(parts)
            self._producer.produce(
                self.settings.topic_prefix + topic,
                value=value,
                key=name,
                on_delivery=self._delivered,
            )
            self._producer.poll(0)
        left = self._producer.flush(DEADLINE_S)
        assert left == 0, f"{left} records not delivered"
        assert not self.failures, self.failures

    def _delivered(self, error: Any, _: Any) -> None:
        if error is not None:
            self.failures.append(str(error))

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query on MySQL gives, with decimals without trailing zeros."""
        with (
            connect(self.found, read_only=True) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query, values)
            return [tuple(map(_plain, row)) for row in cursor.fetchall()]

    def row(self, query: str, *values: Any) -> tuple[Any, ...]:
        """The only row of a query."""
        (row,) = self.rows(query, *values)
        return row

    def verify(self) -> dict[str, Any]:
        """The audit, which must be clean."""
        done = betpnl(self.settings, "verify", "--json", "--timeout-s", str(DEADLINE_S))
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        outcome: dict[str, Any] = json.loads(done.stdout)
        return outcome

    def job(self) -> dict[str, Any]:
        """The live job as Flink's REST API shows it."""
        with urllib.request.urlopen(f"{self.found.flink_rest_url}/jobs/overview") as answer:
            jobs = json.load(answer)["jobs"]
        (live,) = (job for job in jobs if job["state"] not in ("CANCELED", "FAILED", "FINISHED"))
        return dict(live)

    def restarts(self) -> int:
        """How often the live job has restarted."""
        url = f"{self.found.flink_rest_url}/jobs/{self.job()['jid']}/metrics?get=numRestarts"
        with urllib.request.urlopen(url) as answer:
            metrics = json.load(answer)
        return int(metrics[0]["value"]) if metrics else 0

    def until_running(self) -> None:
        """Wait until every task of the job runs."""

        def runs() -> bool:
            try:
                tasks = self.job()["tasks"]
            except (OSError, ValueError):
                return False
            return int(tasks["running"]) == int(tasks["total"]) > 0

        until(runs, "the job does not run")


def _plain(value: Any) -> Any:
    return value.normalize() + 0 if isinstance(value, Decimal) else value


def now() -> str:
    """The time as the contract writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def bet(bet_id: str, game_id: str = "game", **changes: Any) -> dict[str, Any]:
    """A single of 10.00 EUR at 2.35 on the home side."""
    record: dict[str, Any] = {
        "bet_id": bet_id,
        "version": 1,
        "status": "accepted",
        "accepted_at": now(),
        "customer_id": "customer",
        "channel": "web",
        "region": "EU",
        "currency": "EUR",
        "stake": 10.00,
        "legs": [leg(game_id)],
    }
    return {**record, **changes}


def leg(game_id: str, number: int = 1, **changes: Any) -> dict[str, Any]:
    """The home side of a football match at 2.35."""
    record: dict[str, Any] = {
        "leg": number,
        "game_id": game_id,
        "sport": "football",
        "competition": "League",
        "market": "match_result",
        "selection": "home",
        "odds": 2.35,
        "market_odds": {"home": 2.35, "draw": 3.3, "away": 3.1},
    }
    return {**record, **changes}


def result(game_id: str, outcome: str | None = "win", **changes: Any) -> dict[str, Any]:
    """How the home side ended."""
    record: dict[str, Any] = {
        "game_id": game_id,
        "market": "match_result",
        "selection": "home",
        "version": 1,
        "status": "settled",
        "result": outcome,
        "settled_at": now(),
    }
    return {**record, **changes}


@contextmanager
def running(home: Path, **values: Any) -> Iterator[World]:
    """Services and job, up for as long as the block lasts, and then gone."""
    settings = Settings.load(home=home, **{**SMALL, **values})
    started = betpnl(settings, "up")
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        submitted = betpnl(settings, "submit")
        assert submitted.returncode == 0, submitted.stdout + submitted.stderr
        world = World(settings, stack.endpoints(settings))
        world.until_running()
        yield world
    finally:
        stopped = betpnl(settings, "down")
        assert stopped.returncode == 0, stopped.stdout + stopped.stderr
