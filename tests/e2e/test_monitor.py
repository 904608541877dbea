"""Health, metrics and ready queries on the real thing: what they say is what is so."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pymysql
import pytest
from prometheus_client.parser import text_string_to_metric_families

from betpnl.monitor.exporter import Monitor
from betpnl.monitor.health import Parts
from betpnl.monitor.verdict import Verdict
from betpnl.mysql import connect
from betpnl.paths import PROJECT
from betpnl.settings import Settings
from betpnl.stack.memory import passwords
from tests.e2e.world import ON_BATCHED_WORLD, World, bet
from tests.waiting import until

pytestmark = ON_BATCHED_WORLD

DOC = (PROJECT / "docs" / "bi.md").read_text(encoding="utf-8")
USER, *QUERIES = re.findall(r"```sql\n(.*?)```", DOC, re.DOTALL)
CHEAP = re.findall(
    r"```sql\n(.*?)```", DOC.partition("## Cheap")[2].partition("## Costly")[0], re.DOTALL
)
# Tables that grow with every bet.
BIG = {"bet", "bet_version", "game_minute", "sport_second", "game_settled_second"}


@contextmanager
def _monitor(settings: Settings) -> Iterator[Monitor]:
    monitor = Monitor(settings)
    monitor.start()
    try:
        yield monitor
    finally:
        monitor.stop()


def _metrics(monitor: Monitor) -> dict[str, float]:
    return {
        each.name + "".join(f" {value}" for value in each.labels.values()): each.value
        for family in text_string_to_metric_families(monitor.page().decode())
        for each in family.samples
    }


def test_the_metrics_say_what_happens(world: World) -> None:
    with _monitor(world.settings) as monitor:

        def metric(name: str) -> float:
            return _metrics(monitor).get(name, 0)

        sent = 0
        while metric("betpnl_latency_samples_total measured") == 0:
            world.send("bets", bet(f"watched-{sent}", "watched"))
            sent += 1
            assert sent < 10_000, "no bet was sampled"
        world.send("bets", b"no bet", {"bet_id": "half a bet"})
        world.send("games", b"no game")
        rejects = (
            "SELECT topic, COUNT(*) FROM bet_reject WHERE topic IN ('bets', 'games') GROUP BY topic"
        )

        def so() -> dict[str, float]:
            counted = {f"betpnl_rejects_total {topic}": n for topic, n in world.rows(rejects)}
            bets = metric("betpnl_log_bets_total")
            return {"betpnl_job_up": 1, "betpnl_records_read_total bets": bets, **counted}

        def told() -> dict[str, float]:
            return {name: metric(name) for name in so()}

        until(
            lambda: (
                metric("betpnl_log_bets_total") >= sent + 2
                and told() == so()
                and min(so().values()) >= 1
            ),
            lambda: f"expected {so()}, found {told()}",
        )
        until(lambda: metric("betpnl_lag_records bets") == 0, "bets wait, though all were counted")
        until(
            lambda: 0 < metric("betpnl_scoring_seconds_total") < 60 * sent,
            lambda: f"{metric('betpnl_scoring_seconds_total')} s of scoring",
        )
        assert metric("betpnl_latency_samples_total lost") == 0
        assert metric("betpnl_bet_latency_seconds_count") >= 1

        def rows() -> dict[str, Any]:
            return {row[0]: row for row in world.rows("SELECT sport, bets, handle FROM sport_pnl")}

        until(
            lambda: all(
                metric(f"betpnl_bets {sport}") == float(row[1])
                and metric(f"betpnl_handle {sport}") == float(row[2])
                for sport, row in rows().items()
            ),
            lambda: f"expected {rows()}, found {_metrics(monitor)}",
        )
        assert metric("betpnl_checkpoint_age_seconds") < 120
        until(lambda: monitor.verdict().level in ("ok", "quiet"), lambda: str(monitor.verdict()))


@contextmanager
def _silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@pytest.mark.parametrize("part", ["mysql", "kafka", "jobmanager"])
def test_the_part_that_is_silent_is_named_and_holds_up_nobody(world: World, part: str) -> None:
    with _silent_server() as port:
        changed = {
            "mysql": {"mysql_url": f"mysql://betpnl@127.0.0.1:{port}"},
            "kafka": {"kafka_bootstrap": f"127.0.0.1:{port}"},
            "jobmanager": {"flink_rest_url": f"http://127.0.0.1:{port}"},
        }
        parts = Parts(world.settings.model_copy(update=changed[part]))
        parts.start()

        def told() -> bool:
            said = parts.said
            others = {"mysql": said.mysql, "kafka": said.kafka, "jobmanager": said.flink}
            own = others.pop(part)
            return (
                own is not None
                and not own.up
                and all(other is not None and other.up for other in others.values())
                and replace(parts.verdict(), detail="", sentence="") == Verdict("down", "", part)
            )

        try:
            until(told, lambda: f"{part} is not told as down: {parts.said}, {parts.verdict()}")
        finally:
            parts.stop()


def _filled(query: str) -> str:
    """A query of the page as Grafana sends it."""
    query = re.sub(r"\$__timeGroup\((\w+), '1m'\)", r"UNIX_TIMESTAMP(\1) DIV 60 * 60", query)
    return re.sub(
        r"\$__timeFilter\((\w+)\)", r"\1 BETWEEN '2026-01-01' AND '2026-01-02'", query
    ).strip()


@pytest.fixture(scope="module")
def bi(world: World) -> Iterator[Any]:
    """A connection of the user that the page makes."""
    root = pymysql.connect(
        unix_socket=str(world.settings.home / "mysql" / "data" / "mysql.sock"),
        user="root",
        password=passwords(world.settings.home)["mysql_root"],
    )
    with closing(root), root.cursor() as cursor:
        cursor.execute("DROP USER IF EXISTS 'bi'@'%'")
        for statement in USER.replace("betpnl.*", f"{world.settings.mysql_database}.*").split(";"):
            if statement.strip():
                cursor.execute(statement)
    reader = replace(world.found, mysql_read_user="bi", mysql_read_password="choose a long one")
    with closing(connect(reader, read_only=True)) as connection:
        yield connection


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.split("FROM ")[1].split()[0])
def test_a_ready_query_works_for_the_user_of_the_page(bi: Any, query: str) -> None:
    with bi.cursor() as cursor:
        cursor.execute(_filled(query))
        assert cursor.description


@pytest.mark.parametrize("query", CHEAP, ids=lambda query: query.split("FROM ")[1].split()[0])
def test_a_cheap_query_walks_along_a_key(world: World, query: str) -> None:
    aliases = dict(re.findall(r"\b(bet|bet_version|game_minute|sport_second) AS (\w+)", query))
    names = BIG | set(aliases.values()) | {"b"}
    explained = f"EXPLAIN FORMAT=TRADITIONAL {_filled(query)}"
    found = world.rows(explained.replace("%", "%%"))
    # On tables as small as these MySQL may still choose to read all: what counts is that it need
    # not.
    possible_keys = {str(row[2]): row[5] for row in found if str(row[2]) in names}

    assert [name for name, keys in possible_keys.items() if not keys] == []
