"""Whether Kafka is there, known before a request has to find out."""

from __future__ import annotations

import threading

from betpnl.api import log, metrics
from betpnl.errors import UserError
from betpnl.publisher import Publisher

_EVERY_S = 1.0
_ANSWER_S = 2.0
_NOT_YET = "Kafka has not answered yet"


class KafkaWatch:
    """Asks Kafka for its topics, once a second, in a thread of its own."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._problem = _NOT_YET
        self._wake, self._ended = threading.Event(), threading.Event()
        threading.Thread(target=self._run, name="kafka-watch", daemon=True).start()

    @property
    def problem(self) -> str:
        """What is wrong, '' when Kafka answers and has every topic."""
        return self._problem

    @property
    def is_away(self) -> bool:
        """Whether sending is in vain. Before the first answer it is worth a try."""
        return self._problem not in ("", _NOT_YET)

    def suspect(self, reason: str) -> None:
        """Something was not acknowledged: take Kafka for away until it answers again."""
        self._tell(reason)
        self._wake.set()

    def close(self) -> None:
        """End the thread; a Kafka that does not answer is not waited for."""
        self._ended.set()
        self._wake.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            metrics.WAITING_RECORDS.set(self._publisher.waiting())
            problem = ""
            try:
                self._publisher.require_topics(_ANSWER_S)
            except UserError as error:
                problem = str(error)
            if not self._ended.is_set():
                self._tell(problem)
            self._wake.wait(_EVERY_S)
            self._wake.clear()

    def _tell(self, problem: str) -> None:
        before, self._problem = self._problem, problem
        metrics.KAFKA_UP.set(0 if problem else 1)
        if before == _NOT_YET or bool(before) != bool(problem):
            log.write("kafka_away" if problem else "kafka_ready", reason=problem)
