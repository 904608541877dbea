"""Which records are published: what is new, under which version, and what a deletion becomes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import msgspec

from betpnl.contract.checks import Rules
from betpnl.contract.reading import Reader, Rejected, reader
from betpnl.contract.records import Bet
from betpnl.contract.topics import KEY_SEPARATOR
from betpnl.source import versions
from betpnl.source.claims import Claims
from betpnl.source.file import SECTIONS
from betpnl.source.memory import GONE, Known

DELETED = {"bets": "cancelled", "results": "rolled_back", "games": "cancelled"}
"""The status of a record whose row is gone; the prices of a market just stay as they were."""

_KEY_BYTES_MAX = 1024
_DIGEST_BYTES = 16
_DAY_MS = 86_400_000
_encode = msgspec.json.Encoder(decimal_format="number", order="deterministic").encode
_decode = msgspec.json.Decoder(float_hook=Decimal).decode


@dataclass(frozen=True)
class Outcome:
    """What a record that was read comes to.

    messages: (key, value) for Kafka, none when nothing is new. known: what to remember of it.
    reason: why the contract rejects it, else ''. stale: it changed, but its own version did not.
    """

    messages: tuple[tuple[bytes, bytes], ...]
    known: Known | None
    reason: str = ""
    stale: bool = False


class Recorder:
    """Decides for one section."""

    def __init__(
        self, section: str, rules: Rules, value_bytes_max: int, *, keep_deleted: bool = False
    ) -> None:
        """keep_deleted: a row that goes changes nothing."""
        self._topic = SECTIONS[section]
        self._reader: Reader[Any] = reader(self._topic, replace(rules, from_outside=True))
        self._deleted = None if keep_deleted else DELETED.get(section)
        self._value_bytes_max = value_bytes_max

    def record_keys(self, fields: Mapping[str, Any] | None, before: Known | None) -> set[bytes]:
        """The keys in Kafka of all that reading a row may publish."""
        found = set() if fields is None else {self._key(fields)}
        if before is not None and before.record is not None:
            found.add(self._key(_decode(before.record)))
        return found

    def read(
        self,
        fields: Mapping[str, Any],
        before: Known | None,
        place: int,
        now_ms: int,
        *,
        row: str,
        claims: Claims,
    ) -> Outcome:
        """A record as its row says. place: the version of what was read, where none is given.

        row: the row's key as text.
        """
        own = "version" in fields
        body = self._body(fields)
        content = hashlib.blake2b(body, digest_size=_DIGEST_BYTES).digest()
        if before is not None and before.content == content:
            return Outcome((), None)
        key = self._key(fields)
        last = max(before.version if before else 0, claims.version(key))
        if own and self._has_come_back(fields, last, key, claims):
            fields = {**fields, "version": last + 1}
            body = self._body(fields)
        version = fields["version"] if own else versions.after(last, place)
        value = body if own else _versioned(body, version)
        if len(value) > self._value_bytes_max:
            said = (
                f"the record has {len(value)} bytes, more than the {self._value_bytes_max} that fit"
            )
            value = _versioned(self._instead(fields, said), last + 1)
        reason = ""
        record = before.record if before else None
        day = before.day if before else now_ms // _DAY_MS
        try:
            accepted = self._reader.read(value, now_ms)
        except Rejected as error:
            reason = str(error)
        else:
            record = body
            if isinstance(accepted, Bet):
                day = int(accepted.accepted_at.timestamp() * 1000) // _DAY_MS
        messages = [(key, value)]
        if not reason and (replaced := self._replaced(before, key, row, claims)):
            messages.insert(0, replaced)
        # A version of the client's counts only in a record that counts.
        number = version if not own or (not reason and version > last) else last
        stale = own and before is not None and before.content != GONE and number == last
        claims.make(key, row, number)
        known = Known(number, content, record, day)
        return Outcome(tuple(messages), known, reason, stale and not reason)

    def gone(self, before: Known | None, place: int, *, row: str, claims: Claims) -> Outcome:
        """A record that has no row any more, or has none yet."""
        if before is None or before.content == GONE:
            return Outcome((), None)
        if self._deleted is None or before.record is None:
            # Prices stay as they were; and what never was valid never counted.
            return Outcome((), Known(before.version, GONE, None, before.day))
        if _decode(before.record).get("status") == self._deleted:
            return Outcome((), Known(before.version, GONE, None, before.day))
        key = self._key(_decode(before.record))
        if claims.is_anothers(key, row):
            # It has moved to another row, and lives on there.
            return Outcome((), Known(before.version, GONE, None, before.day))
        message, version = self._cancelled(before.record, before.version, place)
        claims.make(key, row, version, gone=True)
        return Outcome((message,), Known(version, GONE, None, before.day))

    def _has_come_back(
        self, fields: Mapping[str, Any], last: int, key: bytes, claims: Claims
    ) -> bool:
        """Whether its end was published under a version that its own does not outdo."""
        version = fields["version"]
        ended = self._deleted is not None and claims.is_gone(key)
        return ended and isinstance(version, int) and 0 <= version <= last

    def _cancelled(self, record: bytes, last: int, place: int) -> tuple[tuple[bytes, bytes], int]:
        fields = _decode(record)
        version = versions.after(last, 0 if "version" in fields else place)
        fields |= {"version": version, "status": self._deleted}
        return (self._key(fields), _encode(fields)), version

    def _replaced(
        self, before: Known | None, key: bytes, row: str, claims: Claims
    ) -> tuple[bytes, bytes] | None:
        """The end of a record whose id in the contract has become another one."""
        if before is None or before.record is None or self._deleted is None:
            return None
        old = self._key(_decode(before.record))
        if old == key or claims.is_anothers(old, row):
            return None
        message, version = self._cancelled(before.record, before.version, 0)
        claims.make(old, row, version, gone=True)
        return message

    def _key(self, fields: Mapping[str, Any]) -> bytes:
        parts = (str(fields.get(name, "")) for name in self._topic.key_fields)
        return KEY_SEPARATOR.join(parts).encode("utf-8", "replace")[:_KEY_BYTES_MAX]

    def _body(self, fields: Mapping[str, Any]) -> bytes:
        try:
            return _encode(fields)
        except (TypeError, ValueError, OverflowError) as error:
            # A value that JSON cannot hold; the records beside it go on.
            return self._instead(fields, f"the record cannot be written: {error}")

    def _instead(self, fields: Mapping[str, Any], said: str) -> bytes:
        """What stands for a record that cannot be published, to be rejected with the reason."""
        ids = {name: str(fields.get(name, ""))[:64] for name in self._topic.key_fields}
        return _encode({**ids, "status": said, "at": said})


def _versioned(body: bytes, version: int) -> bytes:
    separator = b"" if body == b"{}" else b","
    return b'{"version":%d' % version + separator + body[1:]
