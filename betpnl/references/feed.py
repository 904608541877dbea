"""Rates and cancels out of Kafka, kept fresh beside whoever reads bets."""

from __future__ import annotations

import threading
import time
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Message, TopicPartition

from betpnl.contract.checks import Rules
from betpnl.contract.reading import Rejected, reader
from betpnl.contract.topics import FX_RATES, MARKET_CANCELS
from betpnl.references.resolve import References

_POLL_S = 0.1
_ANSWER_S = 10.0
_TOPICS = (FX_RATES, MARKET_CANCELS)


class ReferenceFeed:
    """Reads both topics from their beginning, then goes on in a thread of its own.

    Once it is made, ``references`` has all that had been sent by then. While Kafka is away they
    stand still; nothing is raised, for without Kafka no bet is read either.
    """

    def __init__(
        self, bootstrap: str, topic_prefix: str, rules: Rules, *, start_timeout_s: float = 60.0
    ) -> None:
        """Raises KafkaException, or TimeoutError when the topics' ends are not reached in time."""
        self.references = References(rules.base_currency)
        self._readers = {topic_prefix + topic.name: reader(topic, rules) for topic in _TOPICS}
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                # Kafka wants a name; no offset is ever committed.
                "group.id": "betpnl-references",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "reconnect.backoff.max.ms": 1000,
                "log_level": 0,
            }
        )
        self._ended = threading.Event()
        try:
            self._read_to_the_end(time.monotonic() + start_timeout_s)
        except BaseException:
            self._consumer.close()
            raise
        self._thread = threading.Thread(target=self._follow, name="references", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop reading."""
        self._ended.set()
        self._thread.join(timeout=5)
        self._consumer.close()

    def _read_to_the_end(self, deadline: float) -> None:
        partitions = [
            TopicPartition(name, number, OFFSET_BEGINNING)
            for name in self._readers
            for number in self._partitions(name)
        ]
        self._consumer.assign(partitions)
        left = {}
        for each in partitions:
            low, high = self._consumer.get_watermark_offsets(each, timeout=_ANSWER_S)
            if high > low:
                left[each.topic, each.partition] = high
        while left:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{', '.join(self._readers)}: their ends were not reached")
            message = self._consumer.poll(_POLL_S)
            if message is not None:
                self._take(message)
            for each in self._consumer.position(
                [TopicPartition(topic, partition) for topic, partition in left]
            ):
                if each.offset >= left[each.topic, each.partition]:
                    del left[each.topic, each.partition]

    def _partitions(self, name: str) -> list[int]:
        topic = self._consumer.list_topics(name, timeout=_ANSWER_S).topics[name]
        if topic.error is not None:
            raise KafkaException(topic.error)
        return sorted(topic.partitions)

    def _follow(self) -> None:
        while not self._ended.is_set():
            message = self._consumer.poll(_POLL_S)
            if message is not None:
                self._take(message)

    def _take(self, message: Message) -> None:
        if message.error() is not None:
            return
        _, arrived_ms = message.timestamp()
        topic: Any = message.topic()
        try:
            record = self._readers[topic].read(message.value(), arrived_ms)
        except Rejected:
            return
        self.references.add_all([record])
