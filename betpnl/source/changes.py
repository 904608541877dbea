"""Which records have changed: the stream of the binary log, as Kafka Connect writes it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import NewTopic  # type: ignore[attr-defined]

from betpnl.settings import Settings
from betpnl.source import keys, versions
from betpnl.source.file import Source
from betpnl.source.keys import Key
from betpnl.stack import topics

_DELETE_EVERY_S = 60.0
_ANSWER_TIMEOUT_S = 10.0
TRUNCATE = "t"


def topic_name(settings: Settings) -> str:
    """The topic of all changes. One partition: they stay in the order of the binary log."""
    return f"{settings.topic_prefix}source.changes"


def create_topic(settings: Settings, bootstrap: str) -> str:
    """Make the topic when it is missing; the id of the Kafka cluster. Raises KafkaException.

    It never expires: what was read is deleted by the reader.
    """
    admin = topics.client(bootstrap)
    found = admin.list_topics(timeout=_ANSWER_TIMEOUT_S)
    name = topic_name(settings)
    if name not in found.topics:
        new = NewTopic(name, num_partitions=1, replication_factor=-1, config=topics.TOPIC_CONFIG)
        try:
            admin.create_topics([new])[name].result(timeout=_ANSWER_TIMEOUT_S)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
    return str(found.cluster_id)


@dataclass
class Changes:
    """What a stretch of the stream says.

    keys: of the records that changed, by section, in order, each once. place: the furthest one in
    the binary log, -1 without any. sweep: why everything has to be looked at, '' when it need not
    be. begun: the stream begins here. offset: where the next stretch begins.
    """

    offset: int
    keys: dict[str, dict[Key, None]] = field(default_factory=dict)
    place: int = -1
    sweep: str = ""
    begun: bool = False
    events: int = 0


class Decoder:
    """Reads the events of the stream.

    kinds: types of each section's key; a section that has none yet is left out.
    """

    def __init__(self, source: Source, kinds: Mapping[str, list[str]]) -> None:
        self._wanted: dict[str, list[tuple[str, list[str], list[str]]]] = {}
        for name, section in source.sections.items():
            if name not in kinds:
                continue
            for table, columns in section.tables.items():
                # MySQL may fold the case of table names, and then writes them in its own way.
                self._wanted.setdefault(table.lower(), []).append((name, columns, kinds[name]))

    def add(self, message: bytes | None, into: Changes) -> None:
        """Note what an event says; one that is none of ours says nothing."""
        try:
            self._add(message, into)
        except (ValueError, KeyError, TypeError) as error:
            # Whatever it meant, a look at everything finds it.
            into.sweep = f"a change could not be understood ({error!r})"

    def _add(self, message: bytes | None, into: Changes) -> None:
        event = json.loads(message or b"null", parse_float=Decimal)
        if not isinstance(event, dict):
            return
        if event.get("aggregate_type") == "Initial Snapshot":
            if event.get("type") == "COMPLETED":
                into.sweep, into.begun = "the stream has begun", True
            return
        source = event.get("source")
        if not source:
            return
        if "ddl" in event:
            self._add_statement(source, into)
        if "op" not in event:
            return
        into.events += 1
        into.place = max(into.place, versions.position(source["file"], source["pos"]))
        table = f"{source['db']}.{source['table']}"
        if event["op"] == TRUNCATE:
            into.sweep = f"table {table} was truncated"
            return
        for section, columns, kinds in self._wanted.get(table.lower(), ()):
            found = into.keys.setdefault(section, {})
            for image in (event.get("before"), event.get("after")):
                if image is None:
                    continue
                if not all(column in image for column in columns):
                    # Renamed or dropped: whose rows these were cannot be told.
                    into.sweep = f"table {table} changed without {', '.join(columns)}"
                else:
                    key = keys.from_change([image.get(column) for column in columns], kinds)
                    if key is not None:
                        found[key] = None

    def _add_statement(self, source: Mapping[str, Any], into: Changes) -> None:
        """A statement that made, changed or dropped a table: it names no row that it changed."""
        if source.get("snapshot") not in (None, "false"):
            return
        database, tables = str(source.get("db") or ""), str(source.get("table") or "")
        named = [f"{database}.{each}".lower() for each in tables.split(",") if each]
        followed = {table.partition(".")[0] for table in self._wanted}
        if any(table in self._wanted for table in named):
            into.sweep = f"table {database}.{tables} was made, changed or dropped"
        elif not named and database.lower() in followed:
            into.sweep = f"database {database} was changed or dropped"
        else:
            return
        into.place = max(into.place, versions.position(source["file"], source["pos"]))


class OutOfRangeError(Exception):
    """Kafka does not hold the place that was reached: the topic was lost, or is another one."""


class Stream:
    """The topic, from a place on."""

    def __init__(self, bootstrap: str, topic: str, offset: int) -> None:
        self._bootstrap, self._topic = bootstrap, topic
        self._partition = TopicPartition(topic, 0, offset)
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                # Named because it must be; the place is kept with what was made of it.
                "group.id": f"{topic}.reader",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "error",
                "fetch.wait.max.ms": 100,
                "reconnect.backoff.max.ms": 1000,
                "log_level": 0,
            }
        )
        self._consumer.assign([self._partition])
        self._heard_s = time.monotonic()
        self._deleted_s = time.monotonic()

    def take(self, most: int, timeout_s: float) -> list[tuple[int, bytes | None]]:
        """(offset, message) of what is there, waiting for the first one. Raises OutOfRangeError."""
        found = self._consumer.consume(1, timeout_s)
        if found and most > 1:
            found += self._consumer.consume(most - 1, 0)
        messages = []
        for message in found:
            error = message.error()
            if error is None:
                messages.append((message.offset() or 0, message.value()))
            elif error.code() in (KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE):
                raise OutOfRangeError(error.str())
        if messages:
            self._heard_s = time.monotonic()
        return messages

    def seek(self, offset: int) -> None:
        """Take from a place again."""
        self._consumer.seek(TopicPartition(self._topic, 0, offset))

    @property
    def silent_s(self) -> float:
        """Seconds since anything came, heartbeats included."""
        return time.monotonic() - self._heard_s

    def heard_at(self) -> None:
        """Begin to count the silence anew, such as after a restart of who writes."""
        self._heard_s = time.monotonic()

    def first(self) -> int:
        """The first offset that Kafka holds. Raises KafkaException."""
        low, _ = self._consumer.get_watermark_offsets(self._partition, timeout=_ANSWER_TIMEOUT_S)
        return int(low)

    def behind(self, offset: int) -> int:
        """Messages that were not taken yet, as far as is known without asking."""
        _, high = self._consumer.get_watermark_offsets(self._partition, cached=True)
        return max(0, int(high) - offset)

    def delete_before(self, offset: int) -> None:
        """Let Kafka delete what was read, once in a while, without waiting for it."""
        if time.monotonic() - self._deleted_s < _DELETE_EVERY_S:
            return
        self._deleted_s = time.monotonic()
        partition = TopicPartition(self._topic, 0, offset)
        threading.Thread(
            target=_delete, args=(self._bootstrap, partition), name="deleting", daemon=True
        ).start()

    def close(self) -> None:
        """Leave the topic."""
        self._consumer.close()


def _delete(bootstrap: str, partition: TopicPartition) -> None:
    admin = topics.client(bootstrap)
    try:
        for done in admin.delete_records([partition]).values():
            done.result(timeout=_ANSWER_TIMEOUT_S)
    except (KafkaException, TimeoutError):
        # The next time will do.
        return
