"""Whether Kafka answers, and how many bets came in."""

from __future__ import annotations

import time

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from betpnl.contract.topics import BETS
from betpnl.monitor.parts import Kafka
from betpnl.settings import Settings
from betpnl.stack import topics
from betpnl.stack.kafka_service import Kafka as KafkaService
from betpnl.stack.resolve import is_known, kafka_bootstrap

TIMEOUT_S = 2.0


class KafkaReader:
    """Keeps its connection, and what it saw last."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bootstrap = ""
        self._client: AdminClient | None = None
        self._end: int | None = None
        self._read_s = self._moved_s = 0.0

    def read(self) -> Kafka:
        """Ask now. Raises UserError when no Kafka runs, never for one that is silent."""
        if not is_known(self._settings, KafkaService.name, "kafka_bootstrap"):
            return Kafka(False, known=False)
        bootstrap = kafka_bootstrap(self._settings)
        if self._client is None or bootstrap != self._bootstrap:
            self._client, self._bootstrap = topics.client(bootstrap), bootstrap
        topic = self._settings.topic_prefix + BETS.name
        try:
            found = self._client.list_topics(topic, timeout=TIMEOUT_S).topics[topic]
            if found.error is not None:
                return Kafka(False, f"it has no topic {topic}; `betpnl up` makes it")
            asked = {TopicPartition(topic, each): OffsetSpec.latest() for each in found.partitions}
            answers = self._client.list_offsets(asked, request_timeout=TIMEOUT_S)
            end = sum(answer.result(TIMEOUT_S).offset for answer in answers.values())
        except (KafkaException, TimeoutError) as error:
            return Kafka(False, _why(error))
        return self._after(end, time.monotonic())

    def _after(self, end: int, now_s: float) -> Kafka:
        before, self._end = self._end, end
        passed_s, self._read_s = now_s - self._read_s, now_s
        if before is None:
            self._moved_s = now_s
            return Kafka(True, end=end)
        if end != before:
            self._moved_s = now_s
        per_s = max(0, end - before) / max(passed_s, 1e-3)
        return Kafka(True, end=end, per_s=per_s, quiet_s=now_s - self._moved_s)


def _why(error: Exception) -> str:
    if isinstance(error, KafkaException):
        return str(error.args[0].str())
    return f"no answer within {TIMEOUT_S:.0f} s"
