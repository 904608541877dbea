"""GET /v1/stream: what one listener is sent, until it goes away or may listen no longer."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import anyio
import msgspec
from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from betpnl.api.errors import ApiError
from betpnl.api.pnl import cursor
from betpnl.api.pnl.answers import GamePnl, StaleEvent
from betpnl.api.pnl.hub import Hub
from betpnl.api.pnl.mailbox import Batch
from betpnl.api.pnl.questions import Which

PART_MAX = 500
"""Games in one event."""

STANDING_EVERY_S = 1.0
"""How often it is asked whether a listener may still listen."""

FULL_RETRY_AFTER_S = 30

# A listener that takes nothing for so long has gone.
_SEND_TIMEOUT_S = 30


class Listening(EventSourceResponse):
    """The answer to a listener: events, and a comment every heartbeat_s.

    stopping: set when the server stops; the events should then end by themselves.
    """

    def __init__(
        self, events: AsyncIterator[bytes], heartbeat_s: int, stopping: anyio.Event
    ) -> None:
        super().__init__(
            events,
            ping=heartbeat_s,
            send_timeout=_SEND_TIMEOUT_S,
            shutdown_event=stopping,
            shutdown_grace_period=2 * STANDING_EVERY_S,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ends without a word for a listener that has gone."""
        with suppress(SendTimeoutError):
            await super().__call__(scope, receive, send)


class Seats:
    """How many streams there may be, in all and for each client."""

    def __init__(self, most: int, per_client: int) -> None:
        self._most, self._per_client = most, per_client
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, client: str) -> Iterator[None]:
        """One seat while the block lasts. Raises ApiError when none is free."""
        if self._taken.total() >= self._most:
            raise ApiError(
                503, "busy", "As many streams as there may be.", retry_after_s=FULL_RETRY_AFTER_S
            )
        if self._taken[client] >= self._per_client:
            raise ApiError(
                429,
                "too_many_streams",
                f"{self._per_client} streams are open for this token's client; end one first.",
                retry_after_s=FULL_RETRY_AFTER_S,
            )
        self._taken[client] += 1
        try:
            yield
        finally:
            self._taken[client] -= 1
            self._taken += Counter()


@dataclass(frozen=True)
class Filter:
    """Which games a listener wants."""

    asked: Which

    def wants(self, game: GamePnl) -> bool:
        """Whether this is one of them."""
        asked = self.asked
        return (
            (not asked.id or game.game_id in asked.id)
            and (not asked.sport or game.sport in asked.sport)
            and (not asked.competition or game.competition in asked.competition)
        )

    @property
    def fingerprint(self) -> str:
        """Another one for another filter."""
        return cursor.question_of(self.asked.model_dump())


async def events(
    hub: Hub, asked: Which, last_event_id: str, may_listen: Callable[[], bool]
) -> AsyncIterator[bytes]:
    """The events as they go over the wire. Ends when the listener may listen no longer."""
    chosen = Filter(asked)
    name = f"{hub.epoch}.{chosen.fingerprint}"
    with hub.listening(chosen.wants, _number_of(last_event_id, name)) as box:
        while may_listen():
            with anyio.move_on_after(STANDING_EVERY_S) as waiting:
                await box.wait()
            if not waiting.cancelled_caught:
                for event in written(box.take(), name):
                    yield event


def written(batch: Batch, name: str) -> Iterator[bytes]:
    """A batch as events. Only the last bears an id: who loses one before begins again."""
    if batch.whole or batch.games or batch.removed or not batch.stale:
        yield from _games(batch, name)
    if batch.stale:
        stale = msgspec.json.encode(StaleEvent(reason=batch.stale, as_of=batch.as_of or None))
        yield b"event: stale\r\ndata: " + stale + b"\r\n\r\n"


def _games(batch: Batch, name: str) -> Iterator[bytes]:
    parts = max(1, -(-len(batch.games) // PART_MAX))
    for part in range(1, parts + 1):
        last = part == parts
        head = msgspec.json.encode(
            {
                "as_of": batch.as_of,
                "kind": "snapshot" if batch.whole else "changes",
                "part": part,
                "parts": parts,
            }
        )
        games = b",".join(batch.games[(part - 1) * PART_MAX : part * PART_MAX])
        removed = msgspec.json.encode(batch.removed if last else [])
        data = head[:-1] + b',"games":[' + games + b'],"removed":' + removed + b"}"
        number = f"id: {name}.{batch.number}\r\n".encode() if last else b""
        yield number + b"event: games\r\ndata: " + data + b"\r\n\r\n"


def _number_of(event_id: str, name: str) -> int | None:
    before, _, number = event_id.rpartition(".")
    if before != name or not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return int(number)
