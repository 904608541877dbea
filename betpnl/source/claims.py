"""Which row a record of the contract belongs to, for records that move from one row to another.

A row's key in the client's tables and the record's id in the contract need not be the same. When
a row's key changes, or a row is deleted and written again under another one, what goes and what
comes are one record: it must not be cancelled, and its versions go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from betpnl.source import keys


@dataclass(frozen=True)
class Claim:
    """Who published a record last. key: the row's, as text. version: what it was published as.

    gone: whether that was its end, as its row had gone.
    """

    key: str
    version: int
    gone: bool = False


@dataclass
class Claims:
    """Of one section, within one batch. Records are known by their keys in Kafka."""

    known: Mapping[bytes, Claim]
    made: dict[bytes, Claim] = field(default_factory=dict)

    def version(self, record: bytes) -> int:
        """The version that a record was published under last, by whichever row; 0 if never."""
        claim = self._of(record)
        return claim.version if claim else 0

    def is_anothers(self, record: bytes, key: str) -> bool:
        """Whether another row has published the record since this one did."""
        claim = self._of(record)
        return claim is not None and claim.key != key

    def is_gone(self, record: bytes) -> bool:
        """Whether the record's end was the last that was published of it."""
        claim = self._of(record)
        return claim is not None and claim.gone

    def make(self, record: bytes, key: str, version: int, *, gone: bool = False) -> None:
        """This row publishes the record. gone: for the last time."""
        self.made[record] = Claim(key, version, gone)

    def _of(self, record: bytes) -> Claim | None:
        return self.made.get(record) or self.known.get(record)


def plain_keys(record: bytes) -> list[str]:
    """The row's keys, as texts, that are the record's own id: no claim has to be kept of these."""
    text = record.decode("utf-8", "replace")
    found = [keys.to_text((text,))]
    if text.isdecimal() and text.isascii() and str(int(text)) == text:
        found.append(keys.to_text((int(text),)))
    return found
