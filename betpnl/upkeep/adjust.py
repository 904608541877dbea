"""The duty that mends bets which came before a rate or a cancel that touches them.

A bet that comes later is read in the light of both. One that was there already is published once
more: the same version, with an adjustment that counts one up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import datetime, timedelta
from itertools import islice

from pymysql.connections import Connection

from betpnl.contract.records import Bet, FxRate, MarketCancel
from betpnl.contract.topics import BETS
from betpnl.publisher import NotDeliveredError, Publisher
from betpnl.rebuilding import message_of
from betpnl.references.resolve import References, number_of
from betpnl.upkeep import affected

POLL_S = 0.5
# The job may lag behind: a bet that it read before it knew of a rate may reach MySQL after it.
AGAIN_S = (0, 1, 2, 5, 10, 30, 60, *range(120, 3660, 60))
_OVERLAP = timedelta(seconds=10)
_RESEND_S = 60.0
ACK_TIMEOUT_S = 30.0
_BATCH = 500

Touched = FxRate | MarketCancel


class Adjust:
    """Publishes the bets that a rate or a cancel changes."""

    name = "adjust"

    def __init__(
        self,
        connect: Callable[[], Connection],
        publisher: Callable[[], Publisher],
        base_currency: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """connect, publisher: make a connection, and what writes to Kafka, when they are needed."""
        self._connect, self._make_publisher, self._clock = connect, publisher, clock
        self._references = References(base_currency)
        self._connection: Connection | None = None
        self._publisher: Publisher | None = None
        self._looked: datetime | None = None
        self._due: list[tuple[float, Touched]] = []
        self._sent: dict[tuple[str, int, int], float] = {}

    def step(self) -> float:
        """Look for news of rates and cancels, and mend what is due."""
        if self._connection is None:
            self._connection = self._connect()
        self._look(self._connection)
        now = self._clock()
        due = [touched for when, touched in self._due if when <= now]
        for touched in due:
            wrong = affected.wrong_bets(self._connection, self._references, touched)
            self._send(bet for bet in wrong if self._is_unsent(bet, now))
        # Only what was done is crossed off: a failure leaves it due.
        self._due = [each for each in self._due if each[0] > now]
        self._sent = {key: when for key, when in self._sent.items() if when > now - _RESEND_S}
        return POLL_S

    def close(self) -> None:
        """Let go of MySQL and Kafka."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._publisher is not None:
            self._publisher.close(0)
            self._publisher = None

    def _look(self, connection: Connection) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT NOW(3)")
            ((now,),) = cursor.fetchall()
        since = None if self._looked is None else self._looked - _OVERLAP
        began = self._clock()
        for record in affected.read_references(connection, since):
            if isinstance(record, FxRate):
                news = self._references.rates.add(record)
            else:
                news = self._references.cancels.add(record)
            if news:
                self._due += ((began + later, record) for later in AGAIN_S)
        self._looked = now

    def _is_unsent(self, bet: Bet, now: float) -> bool:
        key = bet.bet_id, bet.version, number_of(bet)
        if self._sent.get(key, now - _RESEND_S) > now - _RESEND_S:
            return False
        self._sent[key] = now
        return True

    def _send(self, bets: Iterator[Bet]) -> None:
        while batch := list(islice(bets, _BATCH)):
            if self._publisher is None:
                self._publisher = self._make_publisher()
            answer: Future[str] = Future()
            self._publisher.send(BETS, [message_of(bet) for bet in batch], answer.set_result)
            problem = answer.result(ACK_TIMEOUT_S + 1)
            if problem:
                self._sent.clear()
                raise NotDeliveredError(problem)
