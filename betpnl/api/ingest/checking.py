"""Each record of a batch held against the contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import msgspec

from betpnl.api.ingest.faults import Fault, fault
from betpnl.contract import limits
from betpnl.contract.checks import Rules
from betpnl.contract.reading import Rejected, reader
from betpnl.contract.topics import Topic

# What Kafka adds to a record and its key on the wire, rounded up.
_KAFKA_OVERHEAD = 512


class RecordAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one record. index: its place in the request, from 0."""

    index: int
    status: Literal["accepted", "rejected"]
    key: dict[str, str] = {}
    error: Fault | None = None


@dataclass
class Checked:
    """A batch after the checks: messages for Kafka, and an answer for every record."""

    messages: list[tuple[bytes, bytes]] = field(default_factory=list)
    answers: list[RecordAnswer] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Records that are to be published."""
        return len(self.messages)

    @property
    def rejected(self) -> int:
        """Records that are not."""
        return len(self.answers) - len(self.messages)


class Checker:
    """Checks the records of one topic."""

    def __init__(self, topic: Topic, rules: Rules, message_bytes_max: int) -> None:
        """message_bytes_max: the largest message that Kafka takes."""
        self._topic, self._fields = topic, topic.key_fields
        self._read = reader(topic, replace(rules, from_outside=True)).read
        self._bytes_max = message_bytes_max - _KAFKA_OVERHEAD
        loose = msgspec.defstruct("Key", [(name, Any, None) for name in topic.key_fields])
        self._loose_key = msgspec.json.Decoder(loose)

    def check(self, records: Sequence[bytes], now_ms: int) -> Checked:
        """Judge each record as if it arrived in Kafka at `now_ms`."""
        done, fields, topic_key = Checked(), self._fields, self._topic.key
        for index, record in enumerate(records):
            try:
                if len(record) > self._bytes_max:
                    raise Rejected(f"the record has more than {self._bytes_max} bytes")
                read = self._read(record, now_ms)
            except Rejected as error:
                done.answers.append(
                    RecordAnswer(index, "rejected", self._key_of(record), fault(str(error)))
                )
            else:
                done.messages.append((topic_key(read), record))
                key = {name: getattr(read, name) for name in fields}
                done.answers.append(RecordAnswer(index, "accepted", key))
        return done

    def _key_of(self, record: bytes) -> dict[str, str]:
        """As much of a rejected record's key as can be read and told back."""
        try:
            read = self._loose_key.decode(record)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return {}
        found = {name: getattr(read, name) for name in self._fields}
        return {
            name: value
            for name, value in found.items()
            if isinstance(value, str) and len(value) <= limits.ID_LENGTH_MAX
        }
