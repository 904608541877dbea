"""Batches to Kafka from an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from betpnl.contract.topics import Topic
from betpnl.publisher import Publisher, QueueFullError
from betpnl.pull.faults import Fault


class Sending:
    """Hands batches to a publisher and waits without holding up the loop."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    async def __call__(self, topic: Topic, messages: Sequence[tuple[bytes, bytes]]) -> None:
        """Returns when all replicas have the batch. Raises Fault when it may not be there."""
        loop = asyncio.get_running_loop()
        heard: asyncio.Future[str] = loop.create_future()
        try:
            self._publisher.send(topic, messages, lambda said: _tell(loop, heard, said))
        except QueueFullError as error:
            raise Fault(f"Kafka is too slow ({error})") from None
        said = await heard
        if said:
            raise Fault(f"Kafka did not take the page ({said})")


def _tell(loop: asyncio.AbstractEventLoop, heard: asyncio.Future[str], said: str) -> None:
    loop.call_soon_threadsafe(heard.set_result, said)
