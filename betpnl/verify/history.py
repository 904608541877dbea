"""What the log says: the newest version of everything, what it replaced, and what was no record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from betpnl.contract.checks import Rules
from betpnl.contract.reading import Reader, Rejected, excerpt, reader
from betpnl.contract.records import Bet, FxRate, Game, MarketCancel, MarketOdds, Result
from betpnl.contract.topics import (
    BETS,
    FX_RATES,
    GAMES,
    MARKET_CANCELS,
    ODDS,
    RESULTS,
    TOPICS,
    Topic,
)
from betpnl.references.resolve import References, number_of
from betpnl.verify.tables import Rows

AGES = 100
"""How many versions of a bet are kept, the newest included."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Outside of these a broker's time is taken for 2000-01-01, as sql/10_bets_log.sql does.
_ARRIVED_FIRST_MS, _ARRIVED_LAST_MS = 946_684_800_000, 3_092_601_600_000


class Message(NamedTuple):
    """A message of the log. topic: without prefix. timestamp_ms: Kafka's, since 1970."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    value: bytes | None


class Entry(NamedTuple):
    """A version of something. version: of a bet, with the number of its adjustment.

    payload: the record, or for a bet its message.
    """

    version: tuple[int, int]
    offset: int
    partition: int
    payload: Any


@dataclass(slots=True)
class Account:
    """What became of a topic's messages; every one of them is one of the four."""

    messages: int = 0
    newest: int = 0
    older: int = 0
    repeated: int = 0
    rejected: int = 0

    @property
    def accounted(self) -> bool:
        """Whether the four add up to all messages."""
        return self.messages == self.newest + self.older + self.repeated + self.rejected


class _Newest:
    """The newest version by key, and the versions that it replaced."""

    def __init__(self, *, keeps_older: bool) -> None:
        self.newest: dict[Any, Entry] = {}
        self.older: dict[Any, list[Entry]] = {}
        self._keeps_older = keeps_older

    def add(self, key: Any, entry: Entry) -> None:
        present = self.newest.get(key)
        if present is None:
            self.newest[key] = entry
            return
        first, second = sorted((present, entry), key=_newest_first)
        self.newest[key] = first
        if not self._keeps_older:
            second = second._replace(payload=None)
        self.older.setdefault(key, []).append(second)

    def count(self, account: Account) -> None:
        account.newest = len(self.newest)
        for key, entries in self.older.items():
            replaced = {entry.version for entry in entries} - {self.newest[key].version}
            account.older += len(replaced)
            account.repeated += len(entries) - len(replaced)


def _newest_first(entry: Entry) -> tuple[int, int, int, int]:
    """Versions downwards; of two with one number the first in the log."""
    version, adjustment = entry.version
    return -version, -adjustment, entry.offset, entry.partition


def mysql_time(time: datetime | None) -> str | None:
    """A time with an offset as MySQL prints it in a DATETIME(3): UTC, cut to milliseconds."""
    if time is None:
        return None
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "milliseconds")


class History:
    """Takes the messages of the log, in the order of each partition, and sorts them out.

    Keeps the text of each bet and decodes it again when asked: half the memory of a record.
    """

    def __init__(self, rules: Rules) -> None:
        self._readers: dict[str, Reader[Any]] = {
            topic.name: reader(topic, rules) for topic in TOPICS
        }
        self._decode_bet = msgspec.json.Decoder(Bet).decode
        self._kept: dict[str, tuple[Topic, _Newest]] = {
            topic.name: (topic, _Newest(keeps_older=topic is BETS)) for topic in TOPICS
        }
        self._bets = self._kept[BETS.name][1]
        self.references = References(rules.base_currency)
        self._messages = dict.fromkeys(self._readers, 0)
        self.rejects: Rows = {}

    def add(self, message: Message) -> None:
        """Take a message; never raises on what it holds."""
        topic, partition, offset, timestamp_ms, value = message
        self._messages[topic] += 1
        arrived_ms = timestamp_ms
        if not _ARRIVED_FIRST_MS <= arrived_ms <= _ARRIVED_LAST_MS:
            arrived_ms = _ARRIVED_FIRST_MS
        try:
            record = self._readers[topic].read(value, arrived_ms // 1000 * 1000)
        except Rejected as rejected:
            key = topic, partition, offset
            arrived_at = mysql_time(_EPOCH + timedelta(milliseconds=arrived_ms))
            self.rejects[key] = (*key, arrived_at, str(rejected), excerpt(value))
            return
        if isinstance(record, Bet):
            version = record.version, number_of(record)
            self._bets.add(record.bet_id, Entry(version, offset, partition, value))
            return
        if isinstance(record, FxRate | MarketCancel):
            self.references.add_all([record])
        kind, kept = self._kept[topic]
        kept.add(
            tuple(getattr(record, field) for field in kind.key_fields),
            Entry((record.version, 0), offset, partition, record),
        )

    def add_all(self, messages: Iterable[Message]) -> None:
        """Take many messages."""
        for message in messages:
            self.add(message)

    def bet_ids(self) -> Iterator[str]:
        """The ids of all valid bets."""
        return iter(self._bets.newest)

    def bet(self, bet_id: str) -> Bet | None:
        """A bet as it must stand, None if the log has no valid one.

        Its rate and whether its market was called off are the newest word of the log, whatever
        came first.
        """
        entry = self._bets.newest.get(bet_id)
        return None if entry is None else self.references.truth(self._decode_bet(entry.payload))

    def replaced_ids(self) -> Iterator[tuple[str, int]]:
        """Id and age of all versions that are kept beside the newest."""
        for bet_id, entries in self._bets.older.items():
            for place in range(min(len(entries), AGES - 1)):
                yield bet_id, place + 2

    def replaced(self, bet_id: str, age: int) -> Bet | None:
        """The record of a bet at an age from 2, the newest of those that were replaced.

        What was known of rates and cancels when it came, no log says.
        """
        entries = self._bets.older.get(bet_id, [])
        if not 2 <= age <= min(len(entries) + 1, AGES):
            return None
        entries.sort(key=_newest_first)
        return self._decode_bet(entries[age - 2].payload)

    def results(self) -> Sequence[Result]:
        """The newest word on each selection."""
        return self._newest(RESULTS)

    def odds(self) -> Sequence[MarketOdds]:
        """The newest prices of each market."""
        return self._newest(ODDS)

    def games(self) -> Sequence[Game]:
        """The newest word on each game."""
        return self._newest(GAMES)

    def rates(self) -> Sequence[FxRate]:
        """The newest word on each rate."""
        return self._newest(FX_RATES)

    def cancels(self) -> Sequence[MarketCancel]:
        """The newest word on each market that was called off."""
        return self._newest(MARKET_CANCELS)

    def _newest(self, topic: Topic) -> list[Any]:
        return [entry.payload for entry in self._kept[topic.name][1].newest.values()]

    def accounts(self) -> dict[str, Account]:
        """What became of each topic's messages."""
        accounts = {name: Account(messages=count) for name, count in self._messages.items()}
        for name, (_, kept) in self._kept.items():
            kept.count(accounts[name])
        for topic, _, _ in self.rejects:
            accounts[str(topic)].rejected += 1
        return accounts
