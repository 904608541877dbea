"""A real MySQL and the real API process that reads from it, and what a client needs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from betpnl import stack
from betpnl.api import tokens
from betpnl.api.pnl.answers import plain
from betpnl.api.tokens import ScopeName, Token, Tokens
from betpnl.job.schema import create_tables
from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack import resolve
from tests.e2e.pnl_rows import fill
from tests.waiting import DEADLINE_S, until


@dataclass
class Served:
    """One deployment that serves PNL. reader and writer: texts of tokens."""

    settings: Settings
    url: str
    process: subprocess.Popen[str]
    reader: str
    writer: str

    def client(self, token: str = "") -> httpx.Client:
        """A client with a token; '' takes the reader's."""
        bearer = {"authorization": f"Bearer {token or self.reader}"}
        # To read the machine's certificates takes longer than all the rest, and none is needed.
        return httpx.Client(
            base_url=self.url, headers=bearer, timeout=DEADLINE_S, trust_env=False, verify=False
        )

    def get(self, path: str, **parameters: Any) -> Any:
        """The JSON of an answer that must be good."""
        with self.client() as client:
            answer = client.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def walk(self, **parameters: Any) -> list[dict[str, Any]]:
        """All games, page by page."""
        found: list[dict[str, Any]] = []
        cursor = None
        while True:
            page = self.get("/v1/games", **parameters, **({"cursor": cursor} if cursor else {}))
            found += page["games"]
            assert len(found) < 1000, "the walk has no end"
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    def database(self) -> Connection:
        """A connection that may write, as the job's."""
        return connect(resolve.mysql(self.settings))

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """What MySQL says, as the API would write it."""
        with self.database() as connection, connection.cursor(DictCursor) as cursor:
            cursor.execute(query, values)
            return [plain(row) for row in cursor.fetchall()]

    def execute(self, query: str, *values: Any) -> None:
        """Write."""
        with self.database() as connection, connection.cursor() as cursor:
            cursor.execute(query, values)

    def metric(self, name: str) -> float:
        """A metric without labels."""
        with self.client() as client:
            text = client.get("/metrics").text
        (line,) = (line for line in text.splitlines() if line.startswith(f"{name} "))
        return float(line.split()[1])


@contextmanager
def serving(home: Path, **values: Any) -> Iterator[Served]:
    """MySQL with rows in it, and the API's process over it; both end with the block."""
    settings = Settings.load(
        home=home,
        api_serves="pnl",
        mysql_buffer_pool_mb=64,
        start_timeout_s=DEADLINE_S,
        api_stream_interval_ms=50,
        api_stream_heartbeat_s=1,
        api_read_time_max_ms=10_000,
        api_streams_per_client_max=60,
        # Shorter than the streams last, so that nothing mistakes one for a slow client.
        api_header_timeout_s=1,
        api_body_timeout_s=1,
        **values,
    )
    try:
        stack.start(settings, names=["mysql"])
        with connect(resolve.mysql(settings)) as connection:
            create_tables(connection, settings)
            fill(connection)
        reader = token(settings, "reader", "pnl:read")
        writer = token(settings, "writer", "bets:write")
        with process(settings) as (running, url):
            yield Served(settings, url, running, reader, writer)
    finally:
        stack.stop(settings, kill=True)


def token(settings: Settings, name: str, scope: ScopeName) -> str:
    """Make a token; its text."""
    text, made = tokens.new(name, [scope], tokens.utc_now())
    _rewrite(settings, lambda known: [*known, made])
    return text


def revoke(settings: Settings, name: str) -> None:
    """Take a token away while the server runs."""
    _rewrite(settings, lambda known: [token for token in known if token.name != name])


def _rewrite(settings: Settings, change: Any) -> None:
    file = settings.home / "tokens.json"
    known: list[Token] = []
    if file.exists():
        known = msgspec.json.decode(file.read_bytes(), type=Tokens).tokens
    new = file.with_suffix(".new")
    new.write_bytes(msgspec.json.encode(Tokens(change(known))))
    new.replace(file)


@contextmanager
def process(settings: Settings) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`betpnl ingest` as a process of its own, and its address."""
    log = settings.home / "api.log"
    with log.open("w") as errors:
        running = subprocess.Popen(
            [sys.executable, "-m", "betpnl.cli", "ingest"],
            env={**os.environ, **settings.environment(), "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        assert running.stdout is not None
        first = running.stdout.readline()
        assert first.startswith("API: "), log.read_text()
        url = first.removeprefix("API: ").strip()

        def answers() -> bool:
            with suppress(httpx.TransportError):
                return httpx.get(f"{url}/healthz").status_code == 200
            return False

        until(answers, lambda: f"the API does not answer: {log.read_text()}")
        yield running, url
        running.send_signal(signal.SIGTERM)
        assert running.wait(DEADLINE_S) == 0, log.read_text()
    finally:
        running.kill()
        running.wait()
        assert running.stdout is not None
        running.stdout.close()


class Listener:
    """One stream, event by event."""

    def __init__(self, served: Served, *, token: str = "", last: str = "", **wanted: Any) -> None:
        self._client = served.client(token)
        headers = {"last-event-id": last} if last else {}
        self._open = self._client.stream("GET", "/v1/stream", params=wanted, headers=headers)
        self.answer = self._open.__enter__()
        self._lines = self.answer.iter_lines()
        self.last_id = last

    def __enter__(self) -> Listener:
        assert self.answer.status_code == 200, self.answer.read()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.__exit__(None, None, None)
        self._client.close()

    def event(self) -> tuple[str, dict[str, Any]]:
        """The next event, whatever it is. Raises StopIteration at the stream's end."""
        kind, data = "", ""
        for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "id":
                self.last_id = value
            elif name == "event":
                kind = value
            elif name == "data":
                data = value
            elif line == "" and data:
                return kind, json.loads(data)
        raise StopIteration

    def until_end(self) -> None:
        """Read on until the stream ends. Raises httpx.RemoteProtocolError if it is cut off."""
        with suppress(StopIteration):
            while True:
                self.event()

    def games(self) -> dict[str, Any]:
        """The next event of games; nothing else may come before it."""
        kind, data = self.event()
        assert kind == "games", data
        return data

    def until_game(self, game_id: str, **fields: Any) -> dict[str, Any]:
        """Read on until a game comes with these values."""
        while True:
            kind, data = self.event()
            for game in data.get("games", []):
                if game["game_id"] == game_id and fields.items() <= game.items():
                    return dict(game)
            assert kind in ("games", "stale")
