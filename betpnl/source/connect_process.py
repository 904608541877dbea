"""Kafka Connect as a process: waits for Kafka, writes its settings, then becomes Java.

python -m betpnl.source.connect_process PORT LOG
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.source import connection
from betpnl.source.connector import PASSWORD_VARIABLE, worker_properties
from betpnl.source.place import folder, source_of
from betpnl.source.run import wait_for_kafka
from betpnl.source.state import State
from betpnl.stack.kafka_service import LOG4J, properties_text
from betpnl.stack.ports import HOST
from betpnl.stack.service import jars, java

# A line for each request, and for each setting of each client.
_QUIET = """\
logger.rest.name = org.apache.kafka.connect.runtime.rest.RestServer
logger.rest.level = warn
logger.clients.name = org.apache.kafka.clients
logger.clients.level = warn
logger.commits.name = org.apache.kafka.connect.runtime.WorkerSourceTask
logger.commits.level = warn
logger.config.name = org.apache.kafka.common.config.AbstractConfig
logger.config.level = warn
"""


def main(argv: list[str]) -> None:
    """Become Kafka Connect. Raises UserError."""
    port, log = int(argv[0]), Path(argv[1])
    settings = Settings.load()
    home = folder(settings)
    bootstrap, _ = wait_for_kafka(settings, State(home / "connect.json"))
    properties, log4j = home / "worker.properties", home / "log4j2.properties"
    properties.write_text(properties_text(worker_properties(bootstrap, HOST, port, home)))
    log4j.write_text(LOG4J + _QUIET)
    separator = os.pathsep
    command = [
        java(),
        f"-Xmx{settings.connect_heap_mb}m",
        "-XX:+UseSerialGC",
        "-XX:+ExitOnOutOfMemoryError",
        f"-Dlog4j2.configurationFile={log4j.as_uri()}",
        f"-Dbetpnl.log={log}",
        "-cp",
        f"{jars(settings, 'connect')}/*{separator}{jars(settings, 'kafka')}/*",
        "org.apache.kafka.connect.cli.ConnectStandalone",
        str(properties),
    ]
    password = connection.password(settings, source_of(settings))
    os.execve(command[0], command, {**os.environ, PASSWORD_VARIABLE: password})


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UserError as error:
        sys.exit(f"betpnl: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
