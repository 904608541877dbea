"""One set of records by every way in, overlapping and in any order: the same rows, to the cent."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pymysql
import pytest

from betpnl.contract.topics import BETS, GAMES, KEY_SEPARATOR, ODDS, RESULTS, Topic
from betpnl.replay import Message, Options, plan
from betpnl.replay.http_sink import HttpSink
from betpnl.replay.messages import Block
from betpnl.settings import Settings
from betpnl.stack.resolve import mysql
from tests.api_process import ingesting
from tests.bookmaker import Reply, Request, bookmaker
from tests.e2e.world import World, running
from tests.unit.api_serving import add_token
from tests.waiting import DEADLINE_S, until

pytestmark = pytest.mark.e2e

BETS_SENT = 800
PAGE = 100
SEED = 41
TOPICS = (BETS, GAMES, RESULTS, ODDS)

DDL = (
    "CREATE DATABASE betpnl_ways CHARACTER SET utf8mb4",
    "CREATE TABLE betpnl_ways.bet (bet_id VARCHAR(64) PRIMARY KEY, version BIGINT, "
    "status VARCHAR(16), accepted_at DATETIME(3), customer_id VARCHAR(64), channel VARCHAR(64), "
    "region VARCHAR(64), currency CHAR(3), fx_rate DECIMAL(16,10), stake DECIMAL(13,3), "
    "stake_type VARCHAR(8), bet_type VARCHAR(16), `system` JSON, "
    "fraction DECIMAL(9,8), amount DECIMAL(13,3), legs JSON)",
    "CREATE TABLE betpnl_ways.game (game_id VARCHAR(64) PRIMARY KEY, version BIGINT, "
    "sport VARCHAR(64), competition VARCHAR(64), home VARCHAR(64), away VARCHAR(64), "
    "starts_at DATETIME(3), status VARCHAR(16), minute INT, score_home INT, score_away INT)",
    "CREATE TABLE betpnl_ways.result (id VARCHAR(200) PRIMARY KEY, game_id VARCHAR(64), "
    "market VARCHAR(64), line VARCHAR(16), selection VARCHAR(64), version BIGINT, "
    "status VARCHAR(16), result VARCHAR(16), dead_heat JSON, certainty VARCHAR(64), "
    "settled_at DATETIME(3))",
)
SOURCE = """
[mysql]
url = ""

[bets]
tables = { "betpnl_ways.bet" = ["bet_id"] }
key = "bet_id"
select = '''
SELECT bet_id, version, status, accepted_at, customer_id, channel, region, currency, fx_rate,
       stake, stake_type, bet_type, `system`, fraction AS `cash_out.fraction`,
       amount AS `cash_out.amount`, legs
FROM betpnl_ways.bet WHERE bet_id IN :keys
'''

[games]
tables = { "betpnl_ways.game" = ["game_id"] }
key = "game_id"
select = "SELECT * FROM betpnl_ways.game WHERE game_id IN :keys"

[results]
tables = { "betpnl_ways.result" = ["id"] }
select = '''
SELECT id AS `key`, game_id, market, line, selection, version, status, result, dead_heat,
       certainty, settled_at
FROM betpnl_ways.result WHERE id IN :keys
'''
"""
PULL = """
topic = "{topic}"
url = "{url}/{topic}"
records = "data"
poll_s = 0.2

[paging]
kind = "cursor"
parameter = "after"
next = "next"
"""


@dataclass
class Ways:
    """A deployment with all its ways in, and where each of them is fed."""

    world: World
    api: HttpSink
    lists: dict[str, list[bytes]]
    connection: pymysql.connections.Connection
    sent: dict[str, dict[bytes, dict[str, Any]]] = field(default_factory=dict)

    def send(self, message: Message, ways: list[str]) -> None:
        """One record by each of these ways."""
        record = json.loads(message.value)
        newest = self.sent.setdefault(message.topic.name, {})
        if record["version"] > newest.get(message.key, {"version": -1})["version"]:
            newest[message.key] = record
        if "http" in ways:
            self.api.send(Block(message.topic, [0.0], [message.key], [message.value]), 0, 1)
        # Some come twice by one way.
        self.lists[message.topic.name] += [message.value] * ways.count("pull")
        if "mysql" in ways:
            self._write(message.topic, record)

    def _write(self, topic: Topic, record: dict[str, Any]) -> None:
        """As a sportsbook keeps it: a row that is overwritten, and that no old news change."""
        row = {
            **{name: value for name, value in record.items() if name != "cash_out"},
            **record.get("cash_out", {}),
        }
        if topic is RESULTS:
            row["id"] = "/".join(str(row.get(name, "")) for name in RESULTS.key_fields)
        for name in ("accepted_at", "starts_at", "settled_at"):
            if row.get(name):
                row[name] = row[name].removesuffix("Z").partition("+")[0].replace("T", " ")
        row = {
            name: json.dumps(value) if isinstance(value, list | dict) else value
            for name, value in row.items()
        }
        table, names = topic.name.removesuffix("s"), ", ".join(f"`{name}`" for name in row)
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT version FROM betpnl_ways.{table} "
                f"WHERE {'id' if topic is RESULTS else topic.key_fields[0]} = %s FOR UPDATE",
                (row["id"] if topic is RESULTS else row[topic.key_fields[0]],),
            )
            found = cursor.fetchone()
            if found is None or found[0] < row["version"]:
                cursor.execute(
                    f"REPLACE INTO betpnl_ways.{table} ({names}) "
                    f"VALUES ({', '.join(['%s'] * len(row))})",
                    tuple(row.values()),
                )
        self.connection.commit()


@contextmanager
def _lists(topics: tuple[Topic, ...]) -> Iterator[tuple[str, dict[str, list[bytes]]]]:
    """A client's API: an ever longer list for each topic, by cursor."""
    lists: dict[str, list[bytes]] = {topic.name: [] for topic in topics}

    def answer(request: Request) -> Reply:
        found = lists[request.path.strip("/")]
        start = int(request.params.get("after", 0))
        page = found[start : start + PAGE]
        after = start + len(page)
        return Reply(b'{"data":[' + b",".join(page) + b'],"next":"%d"}' % after)

    with bookmaker(answer) as server:
        yield server.url, lists


@contextmanager
def _pulling(settings: Settings, url: str, topics: Iterable[str]) -> Iterator[None]:
    """A `betpnl pull` that follows each of the lists."""
    files = []
    for topic in topics:
        files.append(settings.home / f"{topic}.toml")
        files[-1].write_text(PULL.format(topic=topic, url=url), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "betpnl.cli", "pull", *map(str, files)],
        env={**os.environ, **settings.environment()},
    )
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(DEADLINE_S) == 0


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    home = tmp_path_factory.mktemp("home")
    source = home / "source.toml"
    source.write_text(SOURCE, encoding="utf-8")
    with running(home, mysql_source=source) as world:
        token = add_token(world.settings)
        found = mysql(world.settings)
        connection = pymysql.connect(
            host=found.mysql_host,
            port=found.mysql_port,
            user=found.mysql_user,
            password=found.mysql_password,
        )
        with (
            connection,
            connection.cursor() as cursor,
            ingesting(world.settings, home) as api,
            _lists(TOPICS) as (url, lists),
            _pulling(world.settings, url, lists),
        ):
            for statement in DDL:
                cursor.execute(statement)
            yield Ways(world, HttpSink(api.url, token, batch=20), lists, connection)


def test_any_mix_of_ways_gives_the_same_rows(ways: Ways) -> None:
    draw = random.Random(SEED)
    options = Options(seed=SEED, rate=500, bets=BETS_SENT, games=20, game_s=3)
    messages = list(plan(options))
    # Late, early, repeated: each record comes by one to three ways, at a time of its own.
    draw.shuffle(messages)
    for message in messages:
        ways.send(message, draw.sample(ways_of(message.topic), draw.randint(1, 3)))
    ways.api.flush(DEADLINE_S)
    assert ways.api.failures() == 0, ways.api.last_failure()

    newest = ways.sent["bets"]
    expected = sorted(
        (bet["bet_id"], bet["version"], bet["status"], _plain(bet["stake"]), len(bet["legs"]))
        for bet in newest.values()
    )
    query = "SELECT bet_id, version, status, stake, leg_count FROM bet ORDER BY bet_id"

    def missing() -> list[Any]:
        return sorted(set(expected) - set(ways.world.rows(query)))

    until(lambda: not missing(), lambda: f"{len(missing())} missing: {missing()[:3]}")
    assert sorted(ways.world.rows(query)) == expected
    results = {
        key: (result["version"], result["status"]) for key, result in ways.sent["results"].items()
    }
    until(lambda: _results(ways) == results, lambda: f"{set(results) - set(_results(ways))}")
    assert ways.world.rows("SELECT COUNT(*) FROM bet_reject") == [(0,)]
    ways.world.verify()


def ways_of(topic: Topic) -> list[str]:
    """By which ways a topic's records may come; at least three, some of them twice."""
    return ["http", "pull", "pull"] if topic is ODDS else ["http", "pull", "mysql"]


def _results(ways: Ways) -> dict[bytes, tuple[int, str]]:
    rows = ways.world.rows(
        "SELECT game_id, market, line, selection, version, status FROM selection_result"
    )
    return {KEY_SEPARATOR.join(row[:4]).encode(): (row[4], row[5]) for row in rows}


def _plain(amount: float) -> Decimal:
    return Decimal(str(amount)).normalize() + 0
