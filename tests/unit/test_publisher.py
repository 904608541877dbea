"""Writing to a Kafka that is away."""

import socket

import pytest

from betpnl.contract.topics import BETS, GAMES
from betpnl.errors import UserError
from betpnl.publisher import NotDeliveredError, Publisher


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
