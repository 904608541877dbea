"""The embedded Kafka: one KRaft broker that keeps everything."""

from __future__ import annotations

import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

from confluent_kafka import KafkaException

from betpnl.errors import UserError
from betpnl.stack import topics
from betpnl.stack.mysql_server import Report
from betpnl.stack.ports import HOST
from betpnl.stack.service import Launch, Service, jars, java

LOG4J = """\
# What the broker logs, and how much of it is kept.
status = warn
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = ${sys:betpnl.log}
appender.file.filePattern = ${sys:betpnl.log}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %c{1} - %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 50MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 2
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
"""

# A broker took 21 s of CPU in its first minutes to compile itself: only what runs most is compiled
# well.
_COMPILE_LESS = (
    "-XX:Tier4InvocationThreshold=25000",
    "-XX:Tier4MinInvocationThreshold=3000",
    "-XX:Tier4CompileThreshold=75000",
    "-XX:Tier4BackEdgeThreshold=200000",
)


class Kafka(Service):
    """Broker and controller in one process."""

    name = "kafka"
    wants_ports = (("kafka", "kafka_port", 9092), ("kafka_controller", "", 9093))

    @property
    def port(self) -> int:
        """The port that clients connect to."""
        return self.place.ports["kafka"]

    @property
    def log(self) -> Path:
        """Where the broker logs."""
        return self.place.logs / "kafka.log"

    @property
    def folder(self) -> Path:
        """Settings and log segments."""
        return self.place.home / "kafka"

    def properties(self) -> dict[str, str]:
        """The broker's settings."""
        controller = f"{HOST}:{self.place.ports['kafka_controller']}"
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            # By address, not remembered in the metadata: the port may change between starts.
            "controller.quorum.voters": f"1@{controller}",
            "listeners": f"PLAINTEXT://{HOST}:{self.port},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{HOST}:{self.port}",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(self.folder / "data"),
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            # A lone consumer need not wait three seconds for others.
            "group.initial.rebalance.delay.ms": "0",
            "message.max.bytes": str(self.settings.kafka_message_bytes_max),
            # The log is the truth, and a rebuild reads it from the start.
            "log.retention.ms": "-1",
            "log.retention.bytes": "-1",
            # Nobody reads them.
            "metric.reporters": "",
        }

    def prepare(self, report: Report) -> Launch:
        """Write the settings; format the storage on first use."""
        self.folder.mkdir(parents=True, exist_ok=True)
        properties = self.folder / "server.properties"
        properties.write_text(
            properties_text(self.properties()),
            encoding="utf-8",
        )
        log4j = self.folder / "log4j2.properties"
        log4j.write_text(LOG4J, encoding="utf-8")
        self.place.logs.mkdir(parents=True, exist_ok=True)
        run = (
            java(),
            f"-Xmx{self.settings.kafka_heap_mb}m",
            "-XX:+UseSerialGC",
            *_COMPILE_LESS,
            "-XX:+ExitOnOutOfMemoryError",
            f"-Dlog4j2.configurationFile={log4j.as_uri()}",
            f"-Dbetpnl.log={self.log}",
            "-cp",
            f"{jars(self.settings, 'kafka')}/*",
        )
        if not (self.folder / "data" / "meta.properties").is_file():
            report("kafka: formatting its storage")
            self._format(run, properties)
        return Launch((*run, "kafka.Kafka", str(properties)), log=self.log, cwd=self.folder)

    def answers(self) -> str:
        """The broker's version once it lists topics; the jar's, as the protocol has none."""
        try:
            topics.client(f"{HOST}:{self.port}").list_topics(timeout=2)
        except KafkaException:
            return ""
        jar = next(jars(self.settings, "kafka").glob("kafka_*.jar"))
        return jar.stem.rpartition("-")[2]

    def source(self) -> str:
        """Where the broker came from."""
        return "Maven jars"

    def once_ready(self) -> None:
        """Make the topics."""
        topics.create(self.settings, f"{HOST}:{self.port}")

    def _format(self, run: tuple[str, ...], properties: Path) -> None:
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        done = subprocess.run(
            # One word: an id may begin with a dash, which alone would be taken for an option.
            [
                *run,
                "kafka.tools.StorageTool",
                "format",
                f"--cluster-id={cluster}",
                "-c",
                str(properties),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode != 0:
            raise UserError(f"Kafka could not format {self.folder}: {done.stdout.strip()}")


def properties_text(properties: Mapping[str, str]) -> str:
    """What stands in a Java properties file."""
    lines = (f"{name}={value}\n" for name, value in properties.items())
    return "".join(line.replace("\\", "\\\\") for line in lines)
