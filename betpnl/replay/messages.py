"""What a plan is made of: messages with the moment each is due."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import msgspec
import numpy as np

from betpnl.contract.records import Record
from betpnl.contract.topics import Topic
from betpnl.replay.stakes import Floats, Integers

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_NO_TIMES: Floats = np.empty(0)
_NO_GAMES: Integers = np.empty(0, dtype=np.int64)


class Message(NamedTuple):
    """One record, ready to be sent. at_s: when it is due, seconds from the first bet."""

    topic: Topic
    key: bytes
    value: bytes
    at_s: float


@dataclass(frozen=True)
class Block:
    """Messages of one topic in the order they are due; lists of one length.

    kinds: how many of each kind, by words for the user. counted_at_s, counted_games: for each
    leg of each bet that counts in its game at first sight, when it is due and the number of
    its game, in order.
    """

    topic: Topic
    at_s: list[float]
    keys: list[bytes]
    values: list[bytes]
    kinds: Counter[str] = field(default_factory=Counter)
    counted_at_s: Floats = field(default_factory=lambda: _NO_TIMES)
    counted_games: Integers = field(default_factory=lambda: _NO_GAMES)


def encode(record: Record) -> bytes:
    """A record of the contract as JSON: amounts as numbers, fields that are null left out."""
    fields = {
        name: value
        for name, value in ((f, getattr(record, f)) for f in record.__struct_fields__)
        if value is not None
    }
    return _ENCODER.encode(fields)


def block_of(topic: Topic, records: list[Record], at_s: float) -> Block:
    """Records that are all due at one moment."""
    return Block(
        topic=topic,
        at_s=[at_s] * len(records),
        keys=[topic.key(record) for record in records],
        values=[encode(record) for record in records],
    )


def merged(block: Block, more: Block) -> Block:
    """A block with messages of the same topic put in where they are due; its counts stay."""
    at_s = block.at_s + more.at_s
    order = np.argsort(at_s, kind="stable").tolist()
    keys, values = block.keys + more.keys, block.values + more.values
    return replace(
        block,
        at_s=[at_s[place] for place in order],
        keys=[keys[place] for place in order],
        values=[values[place] for place in order],
        kinds=block.kinds + more.kinds,
    )
