"""One bet now and then from the end of the log, as soon as it comes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from confluent_kafka import OFFSET_END, Consumer, KafkaException, Message, TopicPartition

from betpnl import pnl
from betpnl.bet_money import money_of, stake_of
from betpnl.contract.currencies import minor_units
from betpnl.contract.reading import Rejected, reader
from betpnl.contract.records import Bet
from betpnl.contract.topics import BETS
from betpnl.deployment import rules
from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack.resolve import kafka_bootstrap
from betpnl.ticket_making import is_single

_METADATA_TIMEOUT_S = 2.0
_PAUSE_S = 2.0


@dataclass(frozen=True)
class Sampled:
    """A valid bet and its time in the log. handle: what it adds to its game's, 0 where that
    would not tell it: a ticket, a free bet, one that does not count or takes its rate elsewhere."""

    bet_id: str
    version: int
    game_id: str
    handle: Decimal
    logged_at: datetime


class Tail:
    """Reads without a consumer group's place: nothing is committed, whoever else reads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._reader = reader(BETS, rules(settings))
        self._base_minor = minor_units(settings.base_currency)
        self._consumer: Consumer | None = None
        self._listens = False
        self._next_s = 0.0

    def next(self, timeout_s: float, every_s: float) -> Sampled | None:
        """Wait for a bet; None when none came, Kafka is away, or it was less than every_s ago
        that one came."""
        try:
            if not self._listens:
                wait_s = self._next_s - time.monotonic()
                if wait_s > 0:
                    time.sleep(min(wait_s, timeout_s))
                    return None
                self._listen()
            assert self._consumer is not None
            message = self._consumer.poll(timeout_s)
            if message is None or message.error():
                return None
            # What comes after it is not fetched: a busy log costs no more than a quiet one.
            self._consumer.unassign()
            self._listens = False
            self._next_s = time.monotonic() + every_s
            return self._sampled(message)
        except (UserError, KafkaException):
            self.close()
            self._next_s = time.monotonic() + _PAUSE_S
            return None

    def close(self) -> None:
        """Let go of the connection."""
        consumer, self._consumer, self._listens = self._consumer, None, False
        if consumer is not None:
            consumer.close()

    def _listen(self) -> None:
        if self._consumer is None:
            self._consumer = Consumer(
                {
                    "bootstrap.servers": kafka_bootstrap(self._settings),
                    # Needed by the client; without a subscription nobody ever hears of it.
                    "group.id": f"{self._settings.consumer_group}-monitor",
                    "enable.auto.commit": False,
                    "queued.min.messages": 1,
                    "fetch.message.max.bytes": 16_384,
                    "log_level": 0,
                }
            )
        topic = self._settings.topic_prefix + BETS.name
        found = self._consumer.list_topics(topic, timeout=_METADATA_TIMEOUT_S).topics[topic]
        if found.error is not None:
            raise KafkaException(found.error)
        places = [TopicPartition(topic, each, OFFSET_END) for each in found.partitions]
        self._consumer.assign(places)
        self._listens = True

    def _sampled(self, message: Message) -> Sampled | None:
        """What is no valid bet becomes no row, so it is no sample."""
        _, logged_ms = message.timestamp()
        try:
            # To the second, as the job reads it.
            bet = self._reader.read(message.value(), logged_ms // 1000 * 1000)
        except Rejected:
            return None
        return Sampled(
            bet.bet_id,
            bet.version,
            bet.legs[0].game_id,
            self._handle(bet),
            datetime.fromtimestamp(logged_ms / 1000, UTC).replace(tzinfo=None),
        )

    def _handle(self, bet: Bet) -> Decimal:
        takes_rate = bet.fx_rate is None and bet.currency != self._settings.base_currency
        is_plain = is_single(bet) and bet.cash_out is None and bet.adjustment is None
        if takes_rate or not is_plain:
            return pnl.ZERO
        return pnl.placed(stake_of(bet), money_of(bet, self._base_minor)).handle
