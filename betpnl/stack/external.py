"""Services that somebody else runs: do they answer, and is there what we need in them?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import pymysql
from confluent_kafka import KafkaException

from betpnl.errors import UserError
from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack import flink_rest, topics
from betpnl.stack.mysql_server import MYSQL_VERSION_MIN, version_tuple
from betpnl.stack.mysql_service import wanted_collation
from betpnl.stack.resolve import external_mysql

FLINK_MINOR = "2.2."
_POLL_S = 0.5
_MYSQL_MIN = ".".join(map(str, MYSQL_VERSION_MIN))


def check(
    settings: Settings, names: Sequence[str] | None, report: Callable[[str, str], None]
) -> None:
    """Wait until each service that the settings name answers; make database and topics.

    Raises UserError, naming the setting, for one that does not answer in start_timeout_s or
    does not let us.
    """
    wait_s = settings.start_timeout_s
    if settings.mysql_url and (names is None or "mysql" in names):
        report("mysql", f"ready: {_mysql(settings, wait_s)} at {settings.mysql_url}")
        _make_database(settings)
    if settings.kafka_bootstrap and (names is None or "kafka" in names):
        _kafka(settings, wait_s)
        topics.create(settings, settings.kafka_bootstrap)
        report("kafka", f"ready at {settings.kafka_bootstrap}")
    if settings.flink_rest_url and (names is None or "jobmanager" in names):
        report("jobmanager", f"ready: {_flink(settings, wait_s)} at {settings.flink_rest_url}")


def version(settings: Settings, name: str) -> str:
    """The version of a service that the settings name, asked once; Kafka does not tell: ''.

    Raises UserError when it does not answer.
    """
    ask = {"mysql": _mysql, "kafka": _kafka, "jobmanager": _flink, "taskmanager": _flink}
    return ask[name](settings, 2)


def _mysql(settings: Settings, wait_s: float) -> str:
    found = external_mysql(settings)
    deadline = time.monotonic() + wait_s
    while True:
        try:
            connection = connect(found, database="")
            break
        except UserError as error:
            # 2003 is `cannot connect`, as while a container starts; anything else will not mend.
            if "(error 2003)" not in str(error) or time.monotonic() > deadline:
                raise UserError(f"Setting mysql_url: {error}") from None
            time.sleep(_POLL_S)
    with connection:
        shown = str(connection.get_server_info())
    if "MariaDB" not in shown and version_tuple(shown) < MYSQL_VERSION_MIN:
        raise UserError(f"Setting mysql_url: MySQL {shown} is too old; {_MYSQL_MIN} is needed.")
    return shown


def _make_database(settings: Settings) -> None:
    with connect(external_mysql(settings), database="") as connection:
        cursor = connection.cursor()
        collation = wanted_collation(str(connection.get_server_info()))
        cursor.execute(
            "SELECT 1 FROM information_schema.schemata WHERE schema_name = %s",
            (settings.mysql_database,),
        )
        if not cursor.fetchone():
            try:
                cursor.execute(
                    f"CREATE DATABASE `{settings.mysql_database}` CHARACTER SET utf8mb4 "
                    f"COLLATE {collation}"
                )
            except pymysql.err.MySQLError as error:
                raise UserError(
                    f"Setting mysql_url: the user may not make the database "
                    f"{settings.mysql_database} ({error.args[-1]}); make it, with collation "
                    f"{collation}, or give the user the right."
                ) from None


def _kafka(settings: Settings, wait_s: float) -> str:
    client = topics.client(settings.kafka_bootstrap)
    try:
        client.list_topics(timeout=wait_s)
    except KafkaException as error:
        raise UserError(
            f"Setting kafka_bootstrap: nothing answers at {settings.kafka_bootstrap} "
            f"({error.args[0].str()})."
        ) from None
    return ""


def _flink(settings: Settings, wait_s: float) -> str:
    deadline = time.monotonic() + wait_s
    while not (seen := flink_rest.overview(settings.flink_rest_url)):
        if time.monotonic() > deadline:
            raise UserError(
                f"Setting flink_rest_url: nothing answers at {settings.flink_rest_url}."
            )
        time.sleep(_POLL_S)
    shown = str(seen["flink-version"])
    if not shown.startswith(FLINK_MINOR):
        raise UserError(
            f"Setting flink_rest_url: that is Flink {shown}; the job needs {FLINK_MINOR}x."
        )
    return shown
