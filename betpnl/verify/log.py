"""Reads every topic of the log up to stated offsets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from betpnl.contract.topics import TOPICS
from betpnl.errors import UserError
from betpnl.verify.history import Message

Offsets = dict[str, list[int]]
"""By topic, without prefix, an offset for each partition: the first that is not read."""

_BATCH = 20_000
_SILENCE_MAX_S = 30
_ANSWER_S = 10


class Log:
    """The topics of one deployment. Reads without a trace: no group is joined, none commits.

    Raises UserError where Kafka does not answer, a topic is missing, or its beginning is gone.
    """

    def __init__(self, bootstrap: str, prefix: str, group: str) -> None:
        self._bootstrap = bootstrap
        self._prefix = prefix
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                # Named only to ask what the job has committed under it.
                "group.id": group,
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "error",
                # As the job reads: whatever stands in the log counts.
                "isolation.level": "read_uncommitted",
                "queued.max.messages.kbytes": 65_536,
                "log_level": 0,
            }
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._consumer.close()

    def ends(self) -> Offsets:
        """Where each partition ends now."""
        return {topic: [end for _, end in bounds] for topic, bounds in self._bounds().items()}

    def committed(self, until: Offsets) -> Offsets:
        """What the group has committed for each partition; -1 where it has nothing yet."""
        asked = [
            TopicPartition(self._prefix + topic, partition)
            for topic, offsets in until.items()
            for partition in range(len(offsets))
        ]
        answer = self._ask(lambda: self._consumer.committed(asked, timeout=_ANSWER_S))
        found = {(each.topic, each.partition): max(each.offset, -1) for each in answer}
        return {
            topic: [found[self._prefix + topic, partition] for partition in range(len(offsets))]
            for topic, offsets in until.items()
        }

    def read(self, until: Offsets, progress: Callable[[int], None]) -> Iterator[Message]:
        """The messages below ``until``, each partition's in order. progress: told how many."""
        left = self._assign(until)
        heard_at = time.monotonic()
        while left:
            batch = self._consumer.consume(_BATCH, timeout=0.5)
            if batch:
                heard_at = time.monotonic()
            elif time.monotonic() - heard_at > _SILENCE_MAX_S:
                behind = ", ".join(f"{topic}/{partition}" for topic, partition in sorted(left))
                raise UserError(
                    f"Kafka at {self._bootstrap} has sent nothing for {_SILENCE_MAX_S} s, with "
                    f"{behind} still to be read; `betpnl status` shows whether it runs."
                )
            yield from self._below(batch, left)
            progress(len(batch))
        self._consumer.unassign()

    def _assign(self, until: Offsets) -> dict[tuple[str, int], int]:
        left: dict[tuple[str, int], int] = {}
        starts: list[TopicPartition] = []
        for topic, bounds in self._bounds().items():
            if len(until[topic]) != len(bounds):
                raise UserError(
                    f"Topic {self._prefix}{topic} has {len(bounds)} partitions, but offsets are "
                    f"stated for {len(until[topic])}: state one for each."
                )
            for partition, ((start, end), stop) in enumerate(
                zip(bounds, until[topic], strict=True)
            ):
                place = f"Partition {partition} of topic {self._prefix}{topic}"
                if start > 0:
                    raise UserError(
                        f"{place} begins at offset {start}: what stood before is gone, so nothing "
                        "can be computed again; set its retention.ms and retention.bytes to -1."
                    )
                if stop > end:
                    raise UserError(
                        f"{place} ends at offset {end}, before the stated {stop}: state one that "
                        "the log has."
                    )
                if stop > 0:
                    left[self._prefix + topic, partition] = stop
                    starts.append(TopicPartition(self._prefix + topic, partition, 0))
        self._consumer.assign(starts)
        return left

    def _below(self, batch: list[Any], left: dict[tuple[str, int], int]) -> Iterator[Message]:
        for message in batch:
            error = message.error()
            if error is not None and error.code() != KafkaError._PARTITION_EOF:
                raise UserError(f"Kafka at {self._bootstrap} does not let us read: {error.str()}")
            place = message.topic(), message.partition()
            stop = left.get(place)
            if stop is None:
                continue
            offset = message.offset()
            if error is None and offset < stop:
                _, timestamp_ms = message.timestamp()
                yield Message(
                    place[0][len(self._prefix) :],
                    place[1],
                    offset,
                    timestamp_ms,
                    message.value(),
                )
            # At the end of a partition the offset is that end; a transaction's marks stand
            # between messages and are never seen.
            if offset >= stop - 1:
                del left[place]
                self._consumer.incremental_unassign([TopicPartition(*place)])

    def _bounds(self) -> dict[str, list[tuple[int, int]]]:
        known: Mapping[str, Any] = self._ask(
            lambda: self._consumer.list_topics(timeout=_ANSWER_S).topics
        )
        bounds: dict[str, list[tuple[int, int]]] = {}
        for topic in (self._prefix + topic.name for topic in TOPICS):
            if topic not in known:
                raise UserError(
                    f"Kafka at {self._bootstrap} has no topic {topic}: `betpnl up` makes them; "
                    "is topic_prefix the one that the job runs with?"
                )
            bounds[topic[len(self._prefix) :]] = [
                self._watermarks(TopicPartition(topic, partition))
                for partition in range(len(known[topic].partitions))
            ]
        return bounds

    def _watermarks(self, place: TopicPartition) -> tuple[int, int]:
        start, end = self._ask(
            lambda: self._consumer.get_watermark_offsets(place, timeout=_ANSWER_S)
        )
        return start, end

    def _ask(self, question: Callable[[], Any]) -> Any:
        try:
            return question()
        except KafkaException as error:
            raise UserError(
                f"Kafka at {self._bootstrap} does not answer ({error.args[0].str()}); "
                "`betpnl status` shows whether it runs, `betpnl up` starts it."
            ) from None
