"""The topics of the contract, made in whichever Kafka is used."""

from __future__ import annotations

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from betpnl.contract.topics import TOPICS
from betpnl.errors import UserError
from betpnl.settings import Settings

_DAY_MS = 86_400_000
# Never compacted, and expired only if retain_topics_days says so: an old version of a bet is part
# of the truth.
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
    _retain(admin, settings, timeout_s, [name for name in names(settings) if name not in missing])
    if not missing:
        return
    new = [
        NewTopic(
            name,
            num_partitions=settings.topic_partitions,
            # -1 is the broker's default: 1 when embedded, what its owner chose elsewhere.
            replication_factor=-1,
            config={**TOPIC_CONFIG, **_retention(settings)},
        )
        for name in missing
    ]
    for name, done in admin.create_topics(new, operation_timeout=timeout_s).items():
        try:
            done.result(timeout=timeout_s)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise UserError(f"Kafka does not make topic {name}: {error}") from None


def _retention(settings: Settings) -> dict[str, str]:
    days = settings.retain_topics_days
    return {"retention.ms": str(days * _DAY_MS)} if days else {}


def _retain(admin: AdminClient, settings: Settings, timeout_s: float, present: list[str]) -> None:
    """Have the topics that are there forget after so many days, if any are set."""
    for key, value in _retention(settings).items():
        entry = ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
        resources = [
            ConfigResource(ResourceType.TOPIC, name, incremental_configs=[entry])
            for name in present
        ]
        if not resources:
            return
        for resource, done in admin.incremental_alter_configs(resources).items():
            try:
                done.result(timeout=timeout_s)
            except KafkaException as error:
                raise UserError(
                    f"Kafka does not let {key} of topic {resource.name} be set, as "
                    f"retain_topics_days says: {error}"
                ) from None
