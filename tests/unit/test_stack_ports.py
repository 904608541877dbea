"""Choosing ports: what the user set, what was had before, what is free."""

import socket
from collections.abc import Iterator

import pytest

from betpnl.errors import UserError
from betpnl.stack import ports


@pytest.fixture
def busy() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((ports.HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_next_free_port_is_taken(busy: int) -> None:
    chosen = ports.choose("kafka_port", 0, None, busy, taken=set())
    assert chosen > busy
    assert ports.is_free(chosen)


def test_port_that_was_set_and_is_in_use_names_the_setting(busy: int) -> None:
    with pytest.raises(UserError, match=rf"kafka_port is {busy}, but that port is in use"):
        ports.choose("kafka_port", busy, None, 9092, taken=set())


def test_remembered_port_comes_before_the_preferred_one(busy: int) -> None:
    remembered = ports.choose("kafka_port", 0, None, busy + 1, taken=set())
    assert ports.choose("kafka_port", 0, remembered, busy, taken=set()) == remembered


def test_remembered_port_in_use_is_given_up(busy: int) -> None:
    assert ports.choose("kafka_port", 0, busy, busy, taken=set()) != busy


def test_two_services_never_get_one_port(busy: int) -> None:
    taken: set[int] = set()
    first = ports.choose("kafka_port", 0, None, busy, taken)
    second = ports.choose("mysql_port", 0, None, busy, taken)
    assert first != second
    with pytest.raises(UserError, match="mysql_port"):
        ports.choose("mysql_port", first, None, 3306, taken)


def test_port_that_others_rely_on_is_never_changed(busy: int) -> None:
    with pytest.raises(UserError, match=rf"Port {busy} \(kafka_port\) was taken"):
        ports.choose("kafka_port", 0, busy, 9092, taken=set(), must_keep=True)
