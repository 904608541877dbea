"""How betpnl writes to Kafka, whoever does: nothing lost, nothing twice, one partition a key."""

from __future__ import annotations

from typing import Any

from confluent_kafka import KafkaException, Producer

from betpnl.contract.topics import TOPICS
from betpnl.errors import UserError

_CONNECT_TIMEOUT_S = 10.0


def producer_config(bootstrap: str) -> dict[str, Any]:
    """Settings of a producer that loses nothing and costs little."""
    return {
        "bootstrap.servers": bootstrap,
        "acks": "all",
        "enable.idempotence": True,
        # Each partition's records are a request of their own, and requests are what a broker's
        # work is: 800 a second at 5 ms and four partitions.
        "linger.ms": 10,
        "compression.type": "lz4",
        # A broker that comes back is found within a second.
        "reconnect.backoff.max.ms": 1000,
        # As Java clients do, so that whoever writes a key finds the same partition.
        "partitioner": "murmur2_random",
        "queue.buffering.max.messages": 500_000,
        "queue.buffering.max.kbytes": 262_144,
        # librdkafka would write a line for each attempt to connect, also into a progress bar.
        "log_level": 0,
    }


def require_topics(
    producer: Producer, bootstrap: str, topic_prefix: str, timeout_s: float = _CONNECT_TIMEOUT_S
) -> None:
    """Raises UserError when Kafka does not answer, or lacks a topic of the contract."""
    try:
        present = producer.list_topics(timeout=timeout_s).topics
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
