"""What goes out for a record that was fetched: always something, whatever the record is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from betpnl.contract.checks import Rules
from betpnl.contract.reading import Rejected, reader
from betpnl.contract.topics import BETS, KEY_SEPARATOR, Topic
from betpnl.pull.faults import MappingFault
from betpnl.pull.fields_file import FieldFrom
from betpnl.pull.json_exact import encode
from betpnl.pull.mapping import mapped

# No id of the contract is nearly as long.
_KEY_BYTES_MAX = 1000


class RawLine(bytes):
    """A line of an NDJSON answer that is no JSON."""


@dataclass(frozen=True)
class Outgoing:
    """One message, and what the contract says of it: '' or why it will be rejected."""

    key: bytes
    value: bytes
    fault: str

    @property
    def digest(self) -> bytes:
        """What tells this message from every other one."""
        return hashlib.blake2b(self.value, key=self.key[:64], digest_size=16).digest()


class Maker:
    """Makes the messages of one file's records."""

    def __init__(
        self,
        topic: Topic,
        fields: dict[str, FieldFrom] | None,
        rules: Rules,
        now_ms: Callable[[], int],
        bytes_max: int,
    ) -> None:
        """bytes_max: of a message, key included; what is longer is cut and will be rejected."""
        self._topic, self._fields, self._bytes_max = topic, fields, bytes_max
        self._reader, self._now_ms = reader(topic, rules), now_ms

    def make(self, record: Any) -> Outgoing:
        """The message for a record; never raises."""
        if isinstance(record, RawLine):
            return self._checked(b"", bytes(record))
        try:
            made = record if self._fields is None else mapped(self._fields, record)
            if self._topic is BETS and isinstance(made, dict) and "adjustment" in made:
                raise MappingFault("adjustment: is not for clients; leave it out")
        except MappingFault as fault:
            # Wrapped, so that a raw record which happens to look like the contract's, with
            # amounts in another unit, can never count.
            return self._checked(b"", encode({"not_mapped": str(fault), "record": record}))
        return self._checked(key_of(self._topic, made), encode(made))

    def _checked(self, key: bytes, value: bytes) -> Outgoing:
        key = key or hashlib.blake2b(value, digest_size=16).hexdigest().encode()
        room = self._bytes_max - len(key)
        if len(value) > room:
            return Outgoing(key, value[:room], "the record is larger than a message may be")
        try:
            self._reader.read(value, self._now_ms())
        except Rejected as rejected:
            return Outgoing(key, value, str(rejected))
        return Outgoing(key, value, "")


def key_of(topic: Topic, record: Any) -> bytes:
    """The Kafka key of a record, valid or not; b'' when its key fields cannot be read."""
    if not isinstance(record, dict):
        return b""
    defaults = topic.record_type.__struct_defaults__
    names = topic.record_type.__struct_fields__
    optional = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
    found = [record.get(field, optional.get(field)) for field in topic.key_fields]
    parts = [part for part in found if isinstance(part, str)]
    if len(parts) < len(found):
        return b""
    key = KEY_SEPARATOR.join(parts).encode("utf-8", "replace")
    return key if len(key) <= _KEY_BYTES_MAX else b""
