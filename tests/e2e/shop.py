"""A sportsbook that keeps its tickets in MySQL: what it does, and what must come of it."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pymysql
from confluent_kafka import Consumer, TopicPartition

from betpnl.contract.topics import BETS, GAMES, ODDS, RESULTS
from betpnl.errors import UserError
from betpnl.paths import PROJECT
from betpnl.settings import Settings
from betpnl.source.run import folder
from betpnl.source.state import read
from betpnl.stack import resolve
from betpnl.stack.memory import passwords
from tests.waiting import DEADLINE_S, until

EXAMPLES = PROJECT / "docs" / "examples"
PICKS = ("home", "draw", "away")
TOPICS = (BETS, RESULTS, GAMES, ODDS)
Row = tuple[Any, ...]


def root(settings: Settings) -> pymysql.connections.Connection:
    """The embedded server's owner, who may reset and purge its logs."""
    return pymysql.connect(
        unix_socket=str(settings.home / "mysql" / "data" / "mysql.sock"),
        user="root",
        password=passwords(settings.home)["mysql_root"],
        autocommit=True,
    )


@dataclass
class Log:
    """What stands in the topics, read on from where it was left."""

    settings: Settings
    versions: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    repeated: int = 0

    def __post_init__(self) -> None:
        self._offsets: dict[tuple[str, int], int] = {}

    def read(self) -> Log:
        """Read to the end, and hold every key's versions to what they promise."""
        consumer = Consumer(
            {
                "bootstrap.servers": resolve.kafka_bootstrap(self.settings),
                "group.id": "test",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
            }
        )
        partitions = [
            TopicPartition(topic.name, number, self._offsets.get((topic.name, number), 0))
            for topic in TOPICS
            for number in range(self.settings.topic_partitions)
        ]
        consumer.assign(partitions)
        left = {(each.topic, each.partition) for each in partitions}
        try:
            while left:
                for message in consumer.consume(10_000, 0.2):
                    place = (message.topic(), message.partition())
                    if message.error() is not None:
                        left.discard(place)
                    else:
                        self._offsets[place] = message.offset() + 1
                        self._add(place[0], message.key().decode(), message.value())
        finally:
            consumer.close()
        return self

    def _add(self, topic: str, key: str, value: bytes) -> None:
        record = json.loads(value, parse_float=Decimal)
        if topic == BETS.name and "customer_id" in record:
            # Set by the transaction that wrote the legs: no version may be half of one.
            total = sum(Decimal(leg["odds"]) for leg in record["legs"])
            assert Decimal(record["customer_id"]) == 10 * total, record
        found = self.versions.setdefault(topic, {}).setdefault(key, [])
        if found and found[-1]["version"] >= record["version"]:
            # After a crash the last batch may come again, word for word.
            assert record in found, f"{key}: {record} after {found[-1]}"
            self.repeated += 1
        else:
            found.append(record)

    def newest(self, topic: str = "bets") -> dict[str, dict[str, Any]]:
        """The newest version of each key."""
        return {key: found[-1] for key, found in self.versions.get(topic, {}).items()}


@dataclass
class Shop:
    """The tables of docs/examples/shop.sql, and those who use them.

    history: the last ticket that nobody changes or compares any more.
    """

    settings: Settings
    history: int = 0

    def __post_init__(self) -> None:
        self.log = Log(self.settings)

    def connect(self) -> pymysql.connections.Connection:
        """As the sportsbook's own application."""
        found = resolve.mysql(self.settings)
        return pymysql.connect(
            host=found.mysql_host,
            port=found.mysql_port,
            user=found.mysql_user,
            password=found.mysql_password,
            autocommit=True,
        )

    def run(self, *statements: str) -> list[Row]:
        """Statements of the sportsbook; the rows of the last one."""
        return _run(self.connect(), statements)

    def run_as_root(self, *statements: str) -> list[Row]:
        """Statements of whoever runs the server."""
        return _run(root(self.settings), statements)

    def script(self, name: str) -> None:
        """One of the example's SQL files."""
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        self.run(*(each for each in text.split(";\n") if each.strip()))

    def tickets(self) -> dict[str, Row]:
        """What the tables say of each ticket: status, stake, legs."""
        rows = self.run(
            "SELECT t.id, t.state, t.stake, l.position, l.selection, l.odds "
            "FROM betpnl_shop.ticket t JOIN betpnl_shop.leg l ON l.ticket_id = t.id "
            f"WHERE t.id > {self.history} ORDER BY t.id, l.position"
        )
        found: dict[str, Row] = {}
        for ticket, state, stake, *leg in rows:
            status = {"open": "accepted", "void": "cancelled"}[state]
            before = found.get(str(ticket), (status, stake, ()))
            found[str(ticket)] = (status, stake, (*before[2], tuple(leg)))
        return found

    def published(self) -> dict[str, Row]:
        """The same, as the log says it."""
        return {
            key: (
                bet["status"],
                Decimal(bet["stake"]),
                tuple((leg["leg"], leg["selection"], Decimal(leg["odds"])) for leg in bet["legs"]),
            )
            for key, bet in self.log.read().newest().items()
            if key.isdigit() and int(key) > self.history
        }

    def differences(self) -> dict[str, tuple[Row | None, Row | None]]:
        """Tickets of which tables and log do not say the same; a deleted one is cancelled."""
        tables, log = self.tickets(), self.published()
        return {
            key: (tables.get(key), log.get(key))
            for key in tables.keys() | log.keys()
            if (key in tables and tables[key] != log.get(key))
            or (key not in tables and log[key][0] != "cancelled")
        }

    def until_the_same(self) -> None:
        """Wait until the log says of every ticket what the tables say."""
        until(
            lambda: not self.differences(),
            lambda: f"differ: {list(self.differences().items())[:3]}, {self.state()}",
        )

    def state(self) -> dict[str, Any]:
        """How the mapper does."""
        return read(folder(self.settings) / "state.json") or {}

    def until_streaming(self) -> None:
        """Wait until changes flow, and all that was there has been looked at."""

        def ready() -> bool:
            found = self.state()
            return (
                found.get("connector") == "running"
                and not found["problems"]
                and found["begun"]
                and found["sweep"] is None
            )

        until(ready, lambda: f"not streaming: {self.state()}")

    @contextmanager
    def trade(self, seed: int, *, rate_max: int = 10_000) -> Iterator[Traders]:
        """Customers who bet, and staff who amend and delete, for the length of a block."""
        traders = Traders(self, seed, rate_max)
        traders.thread.start()
        try:
            yield traders
        finally:
            traders.end.set()
            traders.thread.join(DEADLINE_S)
            assert traders.error is None, traders.error


class Traders:
    """A thread that changes tickets and their legs, each time in one transaction."""

    def __init__(self, shop: Shop, seed: int, rate_max: int) -> None:
        self._shop, self._random, self._pause_s = shop, random.Random(seed), 1 / rate_max
        self.end = threading.Event()
        self.done = 0
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def until_done(self, count: int) -> None:
        """Wait until so many more transactions are done."""
        goal = self.done + count
        until(lambda: self.done >= goal or self.error is not None, "nobody trades")

    def _run(self) -> None:
        connection = None
        while not self.end.is_set():
            try:
                connection = connection or self._shop.connect()
                connection.autocommit(False)
                with connection.cursor() as cursor:
                    self._transaction(cursor)
                connection.commit()
                self.done += 1
            except (pymysql.err.OperationalError, pymysql.err.InterfaceError, OSError, UserError):
                # The server is away, in a test of that.
                connection = None
                self.end.wait(0.2)
            except BaseException as error:
                self.error = error
                return
            self.end.wait(self._pause_s)

    def _transaction(self, cursor: Any) -> None:
        draw = self._random.random()
        if draw < 0.6:
            self._place(cursor, self._random.randint(1, 4))
            return
        cursor.execute(
            "SELECT MIN(id), MAX(id) FROM betpnl_shop.ticket WHERE id > %s", (self._shop.history,)
        )
        low, high = cursor.fetchone()
        if low is None:
            return
        ticket = self._random.randint(low, high)
        cursor.execute("SELECT COUNT(*) FROM betpnl_shop.leg WHERE ticket_id = %s", (ticket,))
        (legs,) = cursor.fetchone()
        if not legs:
            return
        if draw < 0.8:
            # Another stake, and other legs: a mixture of old and new would show.
            cursor.execute(
                "UPDATE betpnl_shop.ticket SET stake = stake + 1 WHERE id = %s", (ticket,)
            )
            cursor.execute("DELETE FROM betpnl_shop.leg WHERE ticket_id = %s", (ticket,))
            self._legs(cursor, ticket, self._random.randint(1, 4))
        elif draw < 0.9:
            cursor.execute("UPDATE betpnl_shop.ticket SET state = 'void' WHERE id = %s", (ticket,))
        else:
            cursor.execute("DELETE FROM betpnl_shop.leg WHERE ticket_id = %s", (ticket,))
            cursor.execute("DELETE FROM betpnl_shop.ticket WHERE id = %s", (ticket,))

    def _place(self, cursor: Any, legs: int) -> None:
        cursor.execute(
            "INSERT INTO betpnl_shop.ticket (customer_id, stake, placed_at) "
            "VALUES (0, %s, UTC_TIMESTAMP(3))",
            (self._random.randint(1, 99),),
        )
        self._legs(cursor, cursor.lastrowid, legs)

    def _legs(self, cursor: Any, ticket: int, legs: int) -> None:
        total = 0
        for position in range(1, legs + 1):
            tenths = self._random.randint(11, 49)
            total += tenths
            cursor.execute(
                "INSERT INTO betpnl_shop.leg "
                "(ticket_id, position, game_id, market, selection, odds) "
                "VALUES (%s, %s, %s, 'match_result', %s, %s)",
                (
                    ticket,
                    position,
                    f"g{position}",
                    self._random.choice(PICKS),
                    Decimal(tenths) / 10,
                ),
            )
        cursor.execute(
            "UPDATE betpnl_shop.ticket SET customer_id = %s WHERE id = %s", (total, ticket)
        )


def _run(connection: pymysql.connections.Connection, statements: Any) -> list[Row]:
    with connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return list(cursor.fetchall())
