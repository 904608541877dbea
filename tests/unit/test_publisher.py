"""Writing to a Kafka that is away."""

import socket

import pytest
from confluent_kafka import KafkaError

from betpnl.contract.topics import BETS, GAMES
from betpnl.errors import UserError
from betpnl.publisher import NotDeliveredError, Publisher, _Batch
from tests.waiting import until


@pytest.fixture
def nowhere() -> str:
    """An address that nothing answers at."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{closed.getsockname()[1]}"


def test_a_batch_that_no_broker_takes_has_failed_once_its_time_is_over(nowhere: str) -> None:
    publisher = Publisher(nowhere, ack_timeout_s=0.2)

    with pytest.raises(NotDeliveredError, match="timed out"):
        publisher.deliver(BETS, [(b"a", b"{}"), (b"b", b"{}")])

    assert publisher.close(timeout_s=1) == 0


def test_what_is_under_way_at_the_end_is_counted(nowhere: str) -> None:
    publisher = Publisher(nowhere, ack_timeout_s=60)
    publisher.send(GAMES, [(b"a", b"{}")], lambda _: None)

    assert publisher.close(timeout_s=0.1) == 1


def test_an_empty_batch_is_done_at_once(nowhere: str) -> None:
    publisher = Publisher(nowhere, ack_timeout_s=60)
    publisher.deliver(BETS, [])

    assert publisher.close(timeout_s=0.1) == 0


def test_a_record_larger_than_the_producer_may_send_fails_its_batch(nowhere: str) -> None:
    publisher = Publisher(nowhere, ack_timeout_s=0.2)

    with pytest.raises(NotDeliveredError, match="too large"):
        publisher.deliver(BETS, [(b"a", bytes(2_000_000))])

    publisher.close(timeout_s=1)


def test_a_broker_that_is_away_is_named(nowhere: str) -> None:
    publisher = Publisher(nowhere)

    with pytest.raises(UserError, match=f"Kafka at {nowhere} does not answer"):
        publisher.require_topics(timeout_s=0.2)

    publisher.close(timeout_s=0.1)


@pytest.mark.parametrize(
    "error", [KafkaError(KafkaError._FATAL), KafkaError(KafkaError._STATE, "gone", True)]
)
def test_a_producer_that_is_broken_for_good_is_replaced(nowhere: str, error: KafkaError) -> None:
    publisher = Publisher(nowhere, ack_timeout_s=60)
    said: list[str] = []
    publisher.send(BETS, [(b"a", b"{}")], said.append)
    broken = publisher._producer

    # No broker can be made to cause one at will.
    _Batch(1, said.append, publisher._broken).heard(error, None)
    until(lambda: len(said) == 2, "the batch under way has not failed")

    assert publisher._producer is not broken
    assert all(said)
    publisher.close(timeout_s=0.1)
