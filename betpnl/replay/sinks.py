"""Where the messages of a plan go: Kafka, or nowhere at all."""

from __future__ import annotations

from typing import Any, Protocol

from confluent_kafka import KafkaError, KafkaException, Producer

from betpnl.contract.topics import TOPICS
from betpnl.errors import UserError
from betpnl.replay.messages import Block

# How long to let Kafka catch up when the producer's own queue is full.
_FULL_WAIT_S = 0.01
_CONNECT_TIMEOUT_S = 10.0


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
        self._producer = Producer(producer_config(bootstrap) | {"on_delivery": self._failed})
        try:
            present = self._producer.list_topics(timeout=_CONNECT_TIMEOUT_S).topics
        except KafkaException as error:
            raise UserError(
                f"Kafka at {bootstrap} does not answer ({error.args[0].str()}); start it with "
                "`betpnl up`, or set kafka_bootstrap."
            ) from None
        missing = [topic_prefix + t.name for t in TOPICS if topic_prefix + t.name not in present]
        if missing:
            raise UserError(
                f"Kafka at {bootstrap} has no topic {', '.join(missing)}; `betpnl up` makes them, "
                "or topic_prefix is another one."
            )

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
        # Only errors are reported: a callback for each message would double what it costs.
        if error is not None:
            self._failures += 1
            self._last_failure = error.str()


def producer_config(bootstrap: str) -> dict[str, Any]:
    """Settings of a producer that loses nothing and costs little."""
    return {
        "bootstrap.servers": bootstrap,
        "acks": "all",
        "enable.idempotence": True,
        "linger.ms": 5,
        "compression.type": "lz4",
        # As Java clients do, so that whoever writes a key finds the same partition.
        "partitioner": "murmur2_random",
        "queue.buffering.max.messages": 500_000,
        "queue.buffering.max.kbytes": 262_144,
        "delivery.report.only.error": True,
        # librdkafka would write a line for each attempt to connect into the progress bar.
        "log_level": 0,
    }
