"""The ways in: how the generator hands its messages over, and what has to run for that."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import httpx
import msgspec

from betpnl.api import tokens
from betpnl.bench.ledger import LedgerSink
from betpnl.errors import UserError
from betpnl.replay import KafkaSink
from betpnl.replay.http_sink import HttpSink
from betpnl.replay.sinks import Sink
from betpnl.settings import Settings
from betpnl.stack import Endpoints
from betpnl.stack.ports import HOST
from betpnl.stack.resolve import kafka_bootstrap

START_S = 60.0
LEDGER = "ledger.toml"
# Longer than a batch of bets takes to fill: what waits for it are the few odds and scores.
LINGER_S = 0.25


@dataclass(frozen=True)
class ToKafka:
    """Straight into the topics."""

    bootstrap: str
    topic_prefix: str

    def sink(self) -> Sink:
        """A new sink; for the process that sends."""
        return KafkaSink(self.bootstrap, self.topic_prefix)


@dataclass(frozen=True)
class ToApi:
    """Over HTTP in batches, to an API whose process is `pid`."""

    url: str
    token: str
    batch: int
    pid: int

    def at(self, rate: float) -> ToApi:
        """The same with batches that fill in time: one that lingers leaves before its last bet.

        rate: bets a second.
        """
        return replace(self, batch=min(self.batch, max(1, int(rate * LINGER_S / 2))))

    def sink(self) -> HttpSink:
        """A new sink; for the process that sends."""
        return HttpSink(self.url, self.token, batch=self.batch, linger_s=LINGER_S)


@dataclass(frozen=True)
class ToMysql:
    """Into a sportsbook's own table, which the source of bench/ledger.toml follows."""

    found: Endpoints
    topic_prefix: str

    def sink(self) -> Sink:
        """A new sink; for the process that sends."""
        return LedgerSink(self.found, self.topic_prefix)


Way = ToKafka | ToApi | ToMysql


def to_kafka(settings: Settings) -> ToKafka:
    """The broker of the settings."""
    return ToKafka(kafka_bootstrap(settings), settings.topic_prefix)


def to_mysql(settings: Settings, found: Endpoints) -> ToMysql:
    """The embedded server. Raises UserError when nothing follows its table."""
    if settings.mysql_source is None or settings.mysql_source.name != LEDGER:
        raise UserError(
            f"--mysql writes to a table that a source follows: set mysql_source "
            f"(BETPNL_MYSQL_SOURCE) to bench/{LEDGER}, then `betpnl up` and `betpnl submit`."
        )
    return ToMysql(found, settings.topic_prefix)


@contextmanager
def to_api(settings: Settings, batch: int) -> Iterator[ToApi]:
    """An API of its own for the length of the block. Raises UserError if it does not start."""
    text, token = tokens.new("bench", list(tokens.SCOPES), tokens.utc_now())
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    own = {
        "BETPNL_API_PORT": str(port),
        "BETPNL_API_TOKENS": msgspec.json.encode(tokens.Tokens([token])).decode(),
    }
    log = settings.home / "logs" / "bench-api.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "betpnl.cli", "ingest"],
            env={**os.environ, **settings.environment(), **own},
            stdout=output,
            stderr=output,
        )
    try:
        url = f"http://{HOST}:{port}"
        _await_ready(url, process, str(log))
        yield ToApi(url, text, batch, process.pid)
    finally:
        process.terminate()
        process.wait()


def _await_ready(url: str, process: subprocess.Popen[bytes], log: str) -> None:
    until_s = time.monotonic() + START_S
    while time.monotonic() < until_s and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise UserError(f"the API did not become ready; its log is {log}.")
