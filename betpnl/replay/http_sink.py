"""Sends the messages of a plan the way that a client's systems do: over HTTP, in batches."""

from __future__ import annotations

import threading
import time
from array import array
from collections import deque
from collections.abc import Sequence

import httpx

from betpnl.contract.topics import Topic
from betpnl.replay.messages import Block

BATCH = 100
LINGER_S = 0.05
CONNECTIONS = 8
_RETRY_S = 1.0
_RETRY_MAX_S = 10.0
_TIMEOUT_S = 60.0


class HttpSink:
    """Posts to the ingest API over several connections; nothing waits for an answer.

    A batch that the API could not take (429, 503, no answer) is sent again, which is safe: the
    same version counts once. One that it refuses has failed.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        batch: int = BATCH,
        linger_s: float = LINGER_S,
        connections: int = CONNECTIONS,
    ) -> None:
        """url: of the API, without `/v1`. linger_s: how long a batch may wait to be full."""
        self.answered_after_s = array("d")
        """From the last message of each full batch to its answer (s), whatever that was."""
        self._url = url.rstrip("/")
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
        }
        self._batch, self._linger_s = batch, linger_s
        self._queues: dict[Topic, deque[tuple[float, bytes]]] = {}
        self._waiting = self._failures = 0
        self._last_failure = ""
        self._draining = False
        lock = threading.Lock()
        self._queued, self._answered = threading.Condition(lock), threading.Condition(lock)
        for number in range(connections):
            threading.Thread(target=self._work, name=f"post-{number}", daemon=True).start()

    def send(self, block: Block, start: int, stop: int) -> None:
        """Queue messages start to stop of a block."""
        now_s = time.monotonic()
        with self._queued:
            queue = self._queues.setdefault(block.topic, deque())
            queue.extend((now_s, value) for value in block.values[start:stop])
            self._waiting += stop - start
            self._queued.notify()

    def waiting(self) -> int:
        """Messages without an answer yet."""
        return self._waiting

    def failures(self) -> int:
        """Messages that the API refused."""
        return self._failures

    def last_failure(self) -> str:
        """The API's words for the last of them, or for why a batch is being sent again."""
        return self._last_failure

    def flush(self, timeout_s: float) -> None:
        """Send what is left, full batch or not, and wait for the answers."""
        with self._answered:
            self._draining = True
            self._queued.notify_all()
            self._answered.wait_for(lambda: self._waiting == 0, timeout_s)
            self._draining = False

    def _work(self) -> None:
        with httpx.Client(headers=self._headers, timeout=_TIMEOUT_S) as client:
            while True:
                topic, queued_s, values = self._take()
                failed, why = self._post(client, topic, values)
                with self._answered:
                    if len(values) == self._batch:
                        self.answered_after_s.append(time.monotonic() - queued_s)
                    self._waiting -= len(values)
                    self._failures += failed
                    self._last_failure = why if failed else self._last_failure
                    self._answered.notify_all()

    def _take(self) -> tuple[Topic, float, list[bytes]]:
        """The next batch: its topic, when its last message was queued, its messages."""
        with self._queued:
            while True:
                now_s, due_s = time.monotonic(), None
                for topic, queue in self._queues.items():
                    if not queue:
                        continue
                    age_s = now_s - queue[0][0]
                    if len(queue) >= self._batch or self._draining or age_s >= self._linger_s:
                        taken = [queue.popleft() for _ in range(min(len(queue), self._batch))]
                        # There may be enough left for another connection.
                        self._queued.notify()
                        return topic, taken[-1][0], [value for _, value in taken]
                    left_s = self._linger_s - age_s
                    due_s = left_s if due_s is None else min(due_s, left_s)
                self._queued.wait(due_s)

    def _post(self, client: httpx.Client, topic: Topic, values: Sequence[bytes]) -> tuple[int, str]:
        """Post until the API has decided; how many it refused, and why."""
        body = b"[" + b",".join(values) + b"]"
        while True:
            try:
                answer = client.post(f"{self._url}/v1/{topic.name}", content=body)
            except httpx.TransportError as error:
                self._last_failure = f"no answer from {self._url}: {error}"
                time.sleep(_RETRY_S)
                continue
            if answer.status_code == httpx.codes.ACCEPTED:
                return 0, ""
            if answer.status_code not in (
                httpx.codes.TOO_MANY_REQUESTS,
                httpx.codes.SERVICE_UNAVAILABLE,
            ):
                return _refused(answer, len(values))
            self._last_failure = f"the API answers {answer.status_code}"
            time.sleep(_retry_after_s(answer))


def _retry_after_s(answer: httpx.Response) -> float:
    try:
        asked_s = float(answer.headers.get("Retry-After", _RETRY_S))
    except ValueError:
        asked_s = _RETRY_S
    return min(max(asked_s, 0.0), _RETRY_MAX_S)


def _refused(answer: httpx.Response, count: int) -> tuple[int, str]:
    try:
        said = answer.json()
        faults = [record["error"] for record in said.get("records", ()) if "error" in record]
        first = faults[0] if faults else said["error"]
        why = f"{answer.status_code}: {first.get('field', '')} {first['message']}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return count, f"the API answers {answer.status_code}"
    # A batch that was taken in part names what it refused.
    return (len(faults) if answer.status_code == httpx.codes.MULTI_STATUS else count), why
