"""Handing batches to a Kafka that is away: never a hang, never a 202."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from betpnl.api.errors import ApiError
from betpnl.api.ingest.delivery import Delivery
from betpnl.api.ingest.watch import KafkaWatch
from betpnl.contract.topics import BETS
from betpnl.publisher import Publisher
from tests.unit.api_serving import NOWHERE
from tests.waiting import until

BATCH = [(b"k", b"v"), (b"l", b"v")]


class Believer(KafkaWatch):
    """Takes Kafka for there until told otherwise, and asks nobody."""

    def __init__(self) -> None:
        self._problem = ""
        self.suspected: list[str] = []

    def suspect(self, reason: str) -> None:
        self.suspected.append(reason)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher(NOWHERE, ack_timeout_s=0.3)
    yield made
    made.close(timeout_s=1)


def _publish(publisher: Publisher, watch: KafkaWatch, waiting_max: int) -> ApiError:
    delivery = Delivery(publisher, watch, waiting_max=waiting_max, ack_timeout_s=60)
    with pytest.raises(ApiError) as caught:
        asyncio.run(delivery.publish(BETS, BATCH))
    assert caught.value.status == 503
    assert caught.value.retry_after_s
    return caught.value


def test_what_nobody_acknowledges_is_said_and_kafka_is_suspected(publisher: Publisher) -> None:
    watch = Believer()

    assert _publish(publisher, watch, 100).code == "not_acknowledged"
    assert watch.suspected


def test_too_many_that_wait_are_turned_away_before_anything_is_handed_over() -> None:
    publisher = Publisher(NOWHERE, ack_timeout_s=60)
    publisher.send(BETS, BATCH, lambda _: None)

    assert _publish(publisher, Believer(), 3).code == "too_many_waiting"
    # For a moment the client library counts its own events as well.
    until(lambda: publisher.waiting() == 2, lambda: f"{publisher.waiting()} wait")
    publisher.close(timeout_s=0.1)


def test_a_kafka_that_is_known_to_be_away_is_not_tried(publisher: Publisher) -> None:
    watch = KafkaWatch(publisher)
    until(lambda: watch.is_away, "nobody noticed that Kafka is away")
    watch.close()

    assert "does not answer" in watch.problem
    assert _publish(publisher, watch, 100).code == "kafka_away"
    assert publisher.waiting() == 0


def test_an_acknowledgement_that_comes_after_all_is_over_harms_nothing() -> None:
    publisher = Publisher(NOWHERE, ack_timeout_s=0.5)
    delivery = Delivery(publisher, Believer(), waiting_max=9, ack_timeout_s=60)

    async def give_up() -> None:
        task = asyncio.ensure_future(delivery.publish(BETS, BATCH))
        while not publisher.waiting():
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(give_up())
    until(lambda: not publisher.waiting(), "the batch is still under way")

    # The thread that hears acknowledgements lives on.
    assert _publish(publisher, Believer(), 9).code == "not_acknowledged"
    publisher.close(timeout_s=1)
