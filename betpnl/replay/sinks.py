"""Where the messages of a plan go: Kafka, or nowhere at all."""

from __future__ import annotations

from typing import Any, Protocol

from confluent_kafka import KafkaError, Producer

from betpnl.kafka import producer_config, require_topics
from betpnl.replay.messages import Block

# How long to let Kafka catch up when the producer's own queue is full.
_FULL_WAIT_S = 0.01


class Sink(Protocol):
    """Takes messages without waiting for them to arrive."""

    def send(self, block: Block, start: int, stop: int) -> None:
        """Take messages start to stop of a block."""
        ...

    def waiting(self) -> int:
        """Messages taken whose fate is not known yet."""
        ...

    def failures(self) -> int:
        """Messages that could not be delivered."""
        ...

    def last_failure(self) -> str:
        """Why the last of them could not, in words; '' if none failed."""
        ...

    def flush(self, timeout_s: float) -> None:
        """Wait until the fate of each is known, or the time is over."""
        ...


class Nowhere:
    """Takes everything and does nothing: for dry runs and for timing the generator."""

    def send(self, block: Block, start: int, stop: int) -> None:
        """Forget them."""

    def waiting(self) -> int:
        """None ever."""
        return 0

    def failures(self) -> int:
        """None ever."""
        return 0

    def last_failure(self) -> str:
        """Nothing fails here."""
        return ""

    def flush(self, timeout_s: float) -> None:
        """Nothing to wait for."""


class KafkaSink:
    """Writes to the topics of the contract, each message once and in the order of its key."""

    def __init__(self, bootstrap: str, topic_prefix: str = "") -> None:
        """Raises UserError when Kafka does not answer, or lacks a topic."""
        self._prefix = topic_prefix
        self._failures = 0
        self._last_failure = ""
        self._producer = Producer(
            producer_config(bootstrap)
            # A call for each message would double what it costs.
            | {"delivery.report.only.error": True, "on_delivery": self._failed}
        )
        require_topics(self._producer, bootstrap, topic_prefix)

    def send(self, block: Block, start: int, stop: int) -> None:
        """Hand messages to the producer; waits only while its queue is full."""
        produce, topic = self._producer.produce, self._prefix + block.topic.name
        keys, values = block.keys, block.values
        for place in range(start, stop):
            while True:
                try:
                    produce(topic, values[place], keys[place])
                    break
                except BufferError:
                    self._producer.poll(_FULL_WAIT_S)
        self._producer.poll(0)

    def waiting(self) -> int:
        """Messages that Kafka has not acknowledged yet."""
        return len(self._producer)

    def failures(self) -> int:
        """Messages that Kafka refused or did not take in time."""
        return self._failures

    def last_failure(self) -> str:
        """Kafka's words for the last of them."""
        return self._last_failure

    def flush(self, timeout_s: float) -> None:
        """Wait for the acknowledgements."""
        self._producer.flush(timeout_s)

    def _failed(self, error: KafkaError | None, _: Any) -> None:
        if error is not None:
            self._failures += 1
            self._last_failure = error.str()
