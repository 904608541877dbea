"""Records of the contract into the log, each batch acknowledged as a whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from betpnl.contract.topics import Topic
from betpnl.kafka import producer_config, require_topics

_POLL_S = 0.05

Done = Callable[[str], None]
"""Called once for a batch: '' when all replicas have it, else Kafka's words for the first error."""


class NotDeliveredError(Exception):
    """Kafka did not acknowledge a batch. Part of it may be in the log; sending it again is safe."""


class QueueFullError(NotDeliveredError):
    """More is under way than the producer may hold; try again a little later."""


class Publisher:
    """Writes batches to the topics of the contract, in order for each key.

    A thread of its own hears the acknowledgements. Safe to use from several threads.
    """

    def __init__(
        self,
        bootstrap: str,
        topic_prefix: str = "",
        *,
        ack_timeout_s: float = 30.0,
        message_bytes_max: int = 1_048_576,
    ) -> None:
        """Connects in the background: a broker that is away is not an error yet.

        ack_timeout_s: how long a batch may wait for its acknowledgement before it has failed.
        message_bytes_max: the largest message, as the broker has it.
        """
        self._bootstrap, self._prefix = bootstrap, topic_prefix
        self._config = producer_config(bootstrap) | {
            "message.timeout.ms": int(ack_timeout_s * 1000),
            "message.max.bytes": message_bytes_max,
        }
        self._producer = Producer(self._config)
        self._end, self._broken = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._poll, name="publisher", daemon=True)
        self._thread.start()

    def require_topics(self, timeout_s: float = 10.0) -> None:
        """Raises UserError when Kafka does not answer, or lacks a topic of the contract."""
        require_topics(self._producer, self._bootstrap, self._prefix, timeout_s)

    def send(self, topic: Topic, messages: Sequence[tuple[bytes, bytes]], done: Done) -> None:
        """Hand a batch over without waiting. messages: (key, value) of each record.

        `done` is called from the publisher's thread; must not block. Raises QueueFullError when
        the queue cannot take the batch; what it had taken by then may still be delivered.
        """
        if not messages:
            done("")
            return
        batch = _Batch(len(messages), done, self._broken)
        name, produce, heard = self._prefix + topic.name, self._producer.produce, batch.heard
        for place, (key, value) in enumerate(messages):
            try:
                produce(name, value, key, on_delivery=heard)
            except BufferError:
                batch.abandon(len(messages) - place)
                raise QueueFullError("the producer's queue is full") from None
            except KafkaException as error:
                # Such as a record above message.max.bytes.
                heard(error.args[0], None)

    def deliver(self, topic: Topic, messages: Sequence[tuple[bytes, bytes]]) -> None:
        """Write a batch and wait for its acknowledgement. Raises NotDeliveredError."""
        acknowledged = threading.Event()
        error = ""

        def done(said: str) -> None:
            nonlocal error
            error = said
            acknowledged.set()

        self.send(topic, messages, done)
        acknowledged.wait()
        if error:
            raise NotDeliveredError(error)

    def waiting(self) -> int:
        """Records that Kafka has not acknowledged yet."""
        return len(self._producer)

    def close(self, timeout_s: float) -> int:
        """Wait for what is under way; returns how many records were given up."""
        left = int(self._producer.flush(timeout_s))
        self._end.set()
        self._thread.join()
        return left

    def _poll(self) -> None:
        while not self._end.is_set():
            self._producer.poll(_POLL_S)
            if self._broken.is_set():
                self._renew()

    def _renew(self) -> None:
        """A producer that has met a fatal error takes nothing ever again: go on with another.

        What it still held has failed, and is sent again by whoever sent it.
        """
        broken, self._producer = self._producer, Producer(self._config)
        self._broken.clear()
        broken.purge()
        broken.flush(_POLL_S)


class _Batch:
    """Counts the acknowledgements of a batch; its first error is its outcome."""

    def __init__(self, size: int, done: Done, broken: threading.Event) -> None:
        self._left, self._done, self._error = size, done, ""
        self._broken = broken
        self._lock = threading.Lock()

    def heard(self, error: KafkaError | None, _: Message | None) -> None:
        if error is not None and (error.fatal() or error.code() == KafkaError._FATAL):
            self._broken.set()
        with self._lock:
            self._left -= 1
            if error is not None and not self._error:
                self._error = error.str()
            over = self._left == 0
        if over:
            self._done(self._error)

    def abandon(self, count: int) -> None:
        """The batch was not taken whole: nobody waits for it any longer."""
        with self._lock:
            self._left -= count
            self._done = _forget


def _forget(error: str) -> None:
    del error
