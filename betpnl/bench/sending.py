"""Processes that send open bets: very many at once, or one by one on time."""

from __future__ import annotations

from dataclasses import dataclass
from multiprocessing.connection import Connection

from confluent_kafka import Producer

from betpnl.bench.templates import Template, now
from betpnl.kafka import producer_config
from betpnl.replay import SystemClock

_NEWS_BETS = 20_000
_POLL_BETS = 1000
_SLEEP_MAX_S = 0.01
# 2^64 over the golden ratio: multiples of it lie far apart, and no two are the same. Knuth, The
# Art of Computer Programming, volume 3, section 6.4.
_SCATTER = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Bets:
    """Open bets on games in turn. tag: what their ids begin with.

    legs: of each bet. tickets_every: of so many bets one is an accumulator over all games instead;
    0 is none.
    """

    bootstrap: str
    topic: str
    tag: str
    games: tuple[str, ...]
    legs: int = 1
    tickets_every: int = 0


class _Sender:
    def __init__(self, what: Bets) -> None:
        self._topic, self._tag = what.topic, what.tag
        self._template = Template(list(what.games), what.legs)
        self._tickets = Template(list(what.games), len(what.games))
        self._tickets_every = what.tickets_every
        self._producer = Producer(producer_config(what.bootstrap))
        self._accepted_at = now()

    def send(self, number: int) -> None:
        if number % _POLL_BETS == 0:
            self._producer.poll(0)
            self._accepted_at = now()
        bet_id = f"{self._tag}-{scattered(number):016x}"
        is_ticket = self._tickets_every and number % self._tickets_every == 0
        value = (self._tickets if is_ticket else self._template).bet(
            number, bet_id, self._accepted_at
        )
        while True:
            try:
                self._producer.produce(self._topic, value, bet_id)
                break
            except BufferError:
                self._producer.poll(0.1)

    def flush(self) -> None:
        self._producer.flush()

    def poll(self) -> None:
        self._producer.poll(0)


def scattered(number: int) -> int:
    """64 bits for each number below 2^64, without order: ids that rise would be kind to caches."""
    return number * _SCATTER % 2**64


def send_all(pipe: Connection, what: Bets, count: int) -> None:
    """Send so many as fast as Kafka takes them, saying how far it is (a share); then `sent`."""
    sender = _Sender(what)
    for number in range(count):
        sender.send(number)
        if number % _NEWS_BETS == 0:
            pipe.send(number / count)
    sender.flush()
    pipe.send("sent")


def send_ahead(pipe: Connection, what: Bets, count: int) -> None:
    """Send so many, never beyond the number that the pipe named last; then wait for its end."""
    sender, number = _Sender(what), 0
    while True:
        until = min(count, int(pipe.recv()))
        for each in range(number, until):
            sender.send(each)
        number = max(number, until)
        sender.flush()


def send_on_time(pipe: Connection, what: Bets, rate: float) -> None:
    """Send at a rate from now on until told to stop; then send the planned times since 1970.

    The first answer is the time of the first bet.
    """
    sender, clock = _Sender(what), SystemClock()
    start_s, number = clock.now() + 0.1, 0
    pipe.send((start_s,))
    while not pipe.poll():
        due = int((clock.now() - start_s) * rate) + 1
        for each in range(number, due):
            sender.send(each)
        if due > number:
            number = due
            sender.poll()
        clock.sleep(min(_SLEEP_MAX_S, max(0.0005, start_s + number / rate - clock.now())))
    sender.flush()
    pipe.send([start_s + each / rate for each in range(number)])
