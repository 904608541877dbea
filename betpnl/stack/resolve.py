"""Finds the services: where the settings say, else where this home's stack was started."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote, urlsplit

from pymysql.constants import CLIENT

from betpnl.errors import UserError
from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack.endpoints import Endpoints
from betpnl.stack.memory import Memory, passwords
from betpnl.stack.mysql_service import BOARD_USER, READ_USER, USER
from betpnl.stack.ports import HOST


def endpoints(settings: Settings) -> Endpoints:
    """Addresses and credentials of MySQL, Kafka and Flink.

    Raises UserError when one of them is neither set nor started, or a MySQL that is set does
    not take us.
    """
    memory = Memory.read(settings.home)
    return replace(
        mysql(settings),
        kafka_bootstrap=kafka_bootstrap(settings),
        flink_rest_url=settings.flink_rest_url
        or f"http://{HOST}:{_port(memory, 'jobmanager', 'flink_rest_url')}",
    )


def kafka_bootstrap(settings: Settings) -> str:
    """Kafka's address. Raises UserError when it is neither set nor started."""
    if settings.kafka_bootstrap:
        return settings.kafka_bootstrap
    return f"{HOST}:{_port(Memory.read(settings.home), 'kafka', 'kafka_bootstrap')}"


def flink_rest_url(settings: Settings) -> str:
    """Flink's address, '' when it is neither set nor was ever started."""
    if settings.flink_rest_url:
        return settings.flink_rest_url
    port = Memory.read(settings.home).ports.get("flink_rest")
    return f"http://{HOST}:{port}" if port else ""


def board_url(settings: Settings) -> str:
    """The address of the board that runs as one of this home's services."""
    return f"http://{HOST}:{_port(Memory.read(settings.home), 'board', 'board_port')}"


def is_known(settings: Settings, service: str, setting: str) -> bool:
    """Whether a service's address is set, or one was ever started for this home."""
    return bool(getattr(settings, setting)) or service in Memory.read(settings.home).services


def external_mysql(settings: Settings) -> Endpoints:
    """The MySQL of `mysql_url`, its version still unknown, no Kafka and no Flink."""
    parts = urlsplit(settings.mysql_url)
    return Endpoints(
        mysql_host=parts.hostname or "",
        mysql_port=parts.port or 3306,
        mysql_user=unquote(parts.username or ""),
        mysql_password=settings.resolved_mysql_password(),
        mysql_read_user=settings.mysql_read_user,
        mysql_read_password=settings.resolved_mysql_read_password(),
        mysql_board_user=settings.mysql_board_user,
        mysql_board_password=settings.resolved_mysql_board_password(),
        mysql_database=settings.mysql_database,
        mysql_version="",
        mysql_source="setting mysql_url",
        kafka_bootstrap="",
        flink_rest_url="",
    )


def mysql(settings: Settings) -> Endpoints:
    """MySQL, without Kafka and Flink.

    Raises UserError when it is neither set nor started, or one that is set does not take us.
    """
    memory = Memory.read(settings.home)
    if settings.mysql_url:
        found = external_mysql(settings)
        with connect(found, database="") as connection:
            return replace(
                found,
                mysql_version=str(connection.get_server_info()),
                mysql_tls=bool(connection.server_capabilities & CLIENT.SSL),
            )
    port = _port(memory, "mysql", "mysql_url")
    known = passwords(settings.home)
    return Endpoints(
        mysql_host=HOST,
        mysql_port=port,
        mysql_user=USER,
        mysql_password=known["mysql_betpnl"],
        mysql_read_user=READ_USER,
        mysql_read_password=known["mysql_betpnl_read"],
        mysql_board_user=BOARD_USER,
        mysql_board_password=known["mysql_betpnl_board"],
        mysql_embedded=True,
        mysql_database=settings.mysql_database,
        mysql_version=memory.services["mysql"].version,
        mysql_source=memory.services["mysql"].source,
        kafka_bootstrap="",
        flink_rest_url="",
    )


def _port(memory: Memory, service: str, setting: str) -> int:
    known = memory.services.get(service)
    if known is None or known.process is None:
        raise UserError(
            f"No {service} runs for {memory.home}; start it with `betpnl up`, or set {setting}."
        )
    return known.port
