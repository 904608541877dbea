"""The statements of sql/ with the deployment's values filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template

from betpnl.contract.currencies import minor_units
from betpnl.contract.topics import BETS, TOPICS
from betpnl.job.options import job_options
from betpnl.paths import PROJECT
from betpnl.settings import Settings
from betpnl.stack import Endpoints

SQL = PROJECT / "sql"
FUNCTIONS = {
    "read_bet": "udfs.bets.read_bet",
    "read_feed": "udfs.feeds.read_feed",
    "settle_ticket": "udfs.tickets.settle_ticket",
    "mark_prices": "udfs.marks.mark_prices",
}
BET_ROWS = frozenset({"bet", "bet_version", "ticket_leg", "ticket_settled"})
"""The tables with rows for each bet or ticket; `bet_rows` says whether they are written."""
_COMMENT = re.compile(r"^\s*--.*\n", re.MULTILINE)


def sql_values(settings: Settings, endpoints: Endpoints) -> dict[str, str]:
    """The values that the statements name as ${...}, each safe inside a SQL literal."""
    prefix = settings.topic_prefix
    base_minor = minor_units(settings.base_currency)
    values = {
        "topic_prefix": prefix,
        "topic_name_start": str(len(prefix) + 1),
        "feed_topics": ";".join(prefix + topic.name for topic in TOPICS if topic is not BETS),
        "kafka_bootstrap": endpoints.kafka_bootstrap,
        "kafka_fetch_wait_ms": str(settings.kafka_fetch_wait_ms),
        "consumer_group": settings.consumer_group,
        "jdbc_url": endpoints.jdbc_url,
        "mysql_user": endpoints.mysql_user,
        "mysql_password": endpoints.mysql_password,
        "base_minor": str(base_minor),
        "base_unit": format(10**-base_minor, f".{base_minor}f") if base_minor else "1",
        "base_units": str(10**base_minor),
        "bet_sink_parallelism": str(settings.bet_writers),
        "flush_max_rows": str(settings.flush_max_rows),
        "flush_interval_game_ms": str(settings.flush_interval_game_ms),
        "flush_interval_other_ms": str(settings.flush_interval_other_ms),
        "sink_retries": str(settings.sink_retries),
    }
    return {name: _literal(value) for name, value in values.items()}


def statement(path: Path, values: Mapping[str, str]) -> str:
    """One file's statement, without its comments and its semicolon. Raises KeyError."""
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    return Template(text).substitute(values).strip().rstrip(";")


def definitions(values: Mapping[str, str]) -> Iterator[str]:
    """Functions, sources, sinks and views, in the order in which data flow."""
    for name, function in FUNCTIONS.items():
        yield f"CREATE TEMPORARY SYSTEM FUNCTION {name} AS '{function}' LANGUAGE PYTHON"
    for path in sorted(SQL.glob("[1-6]?_*.sql")):
        yield statement(path, values)
    for path in sorted(SQL.glob("sinks/*.sql")):
        yield statement(path, values)


def inserts(values: Mapping[str, str], *, bet_rows: bool = True) -> Iterator[str]:
    """What is written to MySQL; all of it goes into one statement set, so into one plan.

    bet_rows: whether the tables of `BET_ROWS` are.
    """
    for path in sorted(SQL.glob("7?_*.sql")):
        _, _, table = path.stem.partition("_")
        if bet_rows or table not in BET_ROWS:
            yield statement(path, values)


def sql_init(settings: Settings, endpoints: Endpoints) -> str:
    """What `betpnl sql` starts with: every topic, table, view and function registered.

    The text holds the database's password: whoever writes it to a file makes it private.
    """
    values = sql_values(settings, endpoints)
    options = {
        **job_options(settings, endpoints.kafka_bootstrap),
        "sql-client.execution.result-mode": "tableau",
        # A question that fails says so; it does not try again without end, as the job must.
        "restart-strategy.type": "none",
    }
    # A question has no name of its own, and needs no checkpoints: Flink has no value for none.
    for name in list(options):
        if name == "pipeline.name" or name.startswith("execution.checkpointing."):
            del options[name]
    lines = [f"SET '{name}' = '{_literal(value)}'" for name, value in options.items()]
    lines += definitions(values)
    lines += (statement(path, values) for path in sorted(SQL.glob("adhoc/*.sql")))
    return ";\n\n".join(lines) + ";\n"


def _literal(text: str) -> str:
    return text.replace("'", "''")
