"""The topics of the contract, made in whichever Kafka is used."""

from __future__ import annotations

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from betpnl.contract.topics import TOPICS
from betpnl.errors import UserError
from betpnl.settings import Settings

# Never compacted, never expired: an old version of a bet is part of the truth.
TOPIC_CONFIG = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}


def names(settings: Settings) -> list[str]:
    """Every topic's name in Kafka, prefix included."""
    return [settings.topic_prefix + topic.name for topic in TOPICS]


def client(bootstrap: str) -> AdminClient:
    """An admin client that keeps quiet about a broker which is not there yet."""
    return AdminClient(
        {"bootstrap.servers": bootstrap, "log_level": 0, "socket.connection.setup.timeout.ms": 3000}
    )


def create(settings: Settings, bootstrap: str, *, timeout_s: float = 30) -> None:
    """Make the topics that are missing; the others stay as they are.

    Raises UserError when Kafka refuses, or when a topic has fewer partitions than the setting.
    """
    admin = client(bootstrap)
    present = admin.list_topics(timeout=timeout_s).topics
    missing = [name for name in names(settings) if name not in present]
    for name in set(names(settings)) - set(missing):
        partitions = len(present[name].partitions)
        if partitions != settings.topic_partitions:
            raise UserError(
                f"Topic {name} has {partitions} partitions but topic_partitions is "
                f"{settings.topic_partitions}; a key must not move, so set it to {partitions}."
            )
    if not missing:
        return
    new = [
        NewTopic(
            name,
            num_partitions=settings.topic_partitions,
            # -1 is the broker's default: 1 when embedded, what its owner chose elsewhere.
            replication_factor=-1,
            config=TOPIC_CONFIG,
        )
        for name in missing
    ]
    for name, done in admin.create_topics(new, operation_timeout=timeout_s).items():
        try:
            done.result(timeout=timeout_s)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise UserError(f"Kafka does not make topic {name}: {error}") from None
