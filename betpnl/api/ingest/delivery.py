"""A batch into Kafka, and the answer only when every replica has it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence

from betpnl.api import log, metrics
from betpnl.api.errors import ApiError
from betpnl.api.ingest.watch import KafkaWatch
from betpnl.contract.topics import Topic
from betpnl.publisher import NotDeliveredError, Publisher

_AGAIN = "Send the same batch again: what has arrived already does not count twice."
_RETRY_AWAY_S = 2
_RETRY_FULL_S = 1
# The producer gives up first and says why.
_GUARD_S = 2.0


class Delivery:
    """Publishes batches; turns away what Kafka could not take in time."""

    def __init__(
        self, publisher: Publisher, watch: KafkaWatch, *, waiting_max: int, ack_timeout_s: float
    ) -> None:
        """waiting_max: records under way beyond which no more are taken."""
        self._publisher, self._watch = publisher, watch
        self._waiting_max, self._timeout_s = waiting_max, ack_timeout_s + _GUARD_S

    async def publish(self, topic: Topic, messages: Sequence[tuple[bytes, bytes]]) -> None:
        """Returns when all replicas have the batch. Raises ApiError (503) if that fails."""
        if self._watch.is_away:
            raise ApiError(
                503, "kafka_away", f"Kafka does not answer. {_AGAIN}", retry_after_s=_RETRY_AWAY_S
            )
        waiting = self._publisher.waiting()
        if waiting and waiting + len(messages) > self._waiting_max:
            raise _full()
        loop = asyncio.get_running_loop()
        acknowledged: asyncio.Future[str] = loop.create_future()

        def done(said: str) -> None:
            # A loop that has ended has nobody left who waits.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, acknowledged, said)

        started = time.perf_counter()
        try:
            self._publisher.send(topic, messages, done)
            async with asyncio.timeout(self._timeout_s):
                error = await acknowledged
        except NotDeliveredError:
            raise _full() from None
        except TimeoutError:
            error = "no acknowledgement in time"
        if error:
            self._watch.suspect(error)
            log.write("not_acknowledged", topic=topic.name, records=len(messages), reason=error)
            raise ApiError(
                503,
                "not_acknowledged",
                f"Kafka did not acknowledge the batch. {_AGAIN}",
                retry_after_s=_RETRY_AWAY_S,
            )
        metrics.ACK_SECONDS.observe(time.perf_counter() - started)


def _settle(acknowledged: asyncio.Future[str], said: str) -> None:
    if not acknowledged.done():
        acknowledged.set_result(said)


def _full() -> ApiError:
    return ApiError(
        503,
        "too_many_waiting",
        f"Too many records wait for Kafka. {_AGAIN}",
        retry_after_s=_RETRY_FULL_S,
    )
