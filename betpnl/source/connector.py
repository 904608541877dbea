"""What Kafka Connect and Debezium are told."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

from betpnl.errors import UserError
from betpnl.paths import in_project
from betpnl.source.connection import Address
from betpnl.source.file import Source

PASSWORD_VARIABLE = "SOURCE_MYSQL_PASSWORD"
HEARTBEAT_MS = 3000
_STORE_PASSWORD = "public"
"""Of a file that holds an authority's public certificate."""


def worker_properties(bootstrap: str, host: str, port: int, folder: Path) -> dict[str, str]:
    """Settings of the process."""
    json_converter = "org.apache.kafka.connect.json.JsonConverter"
    return {
        "bootstrap.servers": bootstrap,
        "listeners": f"http://{host}:{port}",
        "plugin.discovery": "service_load",
        "key.converter": json_converter,
        "key.converter.schemas.enable": "false",
        "value.converter": json_converter,
        "value.converter.schemas.enable": "false",
        # Digits, as they are.
        "value.converter.decimal.format": "NUMERIC",
        "offset.storage.file.filename": str(folder / "offsets"),
        "offset.flush.interval.ms": "1000",
        "topic.creation.enable": "false",
        "producer.linger.ms": "0",
        "producer.compression.type": "lz4",
        # A change is taken as lost only when somebody says so.
        "producer.delivery.timeout.ms": str(2**31 - 1),
        "config.providers": "env",
        "config.providers.env.class": (
            "org.apache.kafka.common.config.provider.EnvVarConfigProvider"
        ),
        "config.providers.env.param.allowlist.pattern": PASSWORD_VARIABLE,
    }


def configuration(
    source: Source, to: Address, topic: str, generation: int, folder: Path
) -> dict[str, str]:
    """Settings of the stream. Raises UserError when an authority's certificate is no good."""
    columns = [f"{table}.{each}" for table, names in source.tables.items() for each in names]
    databases = sorted({table.partition(".")[0] for table in source.tables})
    history = "schema.history.internal"
    return {
        "connector.class": "io.debezium.connector.mysql.MySqlConnector",
        "tasks.max": "1",
        "database.hostname": to.host,
        "database.port": str(to.port),
        "database.user": to.user,
        "database.password": f"${{env:{PASSWORD_VARIABLE}}}",
        "database.server.id": str(to.server.server_id),
        **_tls(source, folder),
        "topic.prefix": "source",
        "database.include.list": _patterns(databases),
        "table.include.list": _patterns(source.tables),
        # Only what names a record: other columns may come and go.
        "column.include.list": _patterns(columns),
        # What is there already is read by the mapper, beside the changes.
        "snapshot.mode": "no_data",
        "snapshot.locking.mode": "none",
        # A partition that is dropped or emptied, a table that takes another's place.
        "include.schema.changes": "true",
        "tombstones.on.delete": "false",
        # TRUNCATE too.
        "skipped.operations": "none",
        "decimal.handling.mode": "precise",
        "bigint.unsigned.handling.mode": "precise",
        "binary.handling.mode": "hex",
        "poll.interval.ms": "5",
        # So that the place goes on while nobody bets, and silence means that something is wrong.
        "heartbeat.interval.ms": str(HEARTBEAT_MS),
        # The time after which a connection that died is opened again.
        "connect.keep.alive.interval.ms": "1000",
        "connect.timeout.ms": "10000",
        history: "io.debezium.storage.file.history.FileSchemaHistory",
        f"{history}.file.filename": str(folder / f"history-{generation}"),
        f"{history}.store.only.captured.tables.ddl": "true",
        # A statement that only MySQL understands does not matter to the columns above.
        f"{history}.skip.unparseable.ddl": "true",
        "notification.enabled.channels": "sink",
        "notification.sink.topic.name": topic,
        # All into one topic of one partition, in the order of the log.
        "transforms": "one",
        "transforms.one.type": "org.apache.kafka.connect.transforms.RegexRouter",
        "transforms.one.regex": ".*",
        "transforms.one.replacement": topic,
    }


def _patterns(names: Any) -> str:
    return ",".join(re.escape(name) for name in names)


def _tls(source: Source, folder: Path) -> dict[str, str]:
    found: dict[str, str] = {"database.ssl.mode": source.server.tls}
    if source.server.tls_ca is not None:
        found |= {
            "database.ssl.truststore": str(_trust_store(in_project(source.server.tls_ca), folder)),
            "database.ssl.truststore.password": _STORE_PASSWORD,
        }
    return found


def _trust_store(certificate: Path, folder: Path) -> Path:
    """The authority's certificate in the one form that Java reads. Raises UserError."""
    from betpnl.stack.service import java

    store = folder / "authority.p12"
    store.unlink(missing_ok=True)
    done = subprocess.run(
        [
            str(Path(java()).resolve().with_name("keytool")),
            *("-importcert", "-noprompt", "-alias", "authority", "-file", str(certificate)),
            *("-keystore", str(store), "-storetype", "PKCS12", "-storepass", _STORE_PASSWORD),
        ],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise UserError(f"mysql.tls_ca: {certificate} is no certificate: {done.stdout.strip()}")
    return store
