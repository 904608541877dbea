"""The mapper as a process: waits for Kafka, then maps until it is ended."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from confluent_kafka import KafkaException

from betpnl.deployment import rules
from betpnl.errors import UserError
from betpnl.publisher import Publisher
from betpnl.settings import Settings
from betpnl.source import changes, connection
from betpnl.source.changes import OutOfRangeError, Stream
from betpnl.source.connect_rest import Connect
from betpnl.source.file import Source
from betpnl.source.keeper import Keeper
from betpnl.source.mapper import Mapper
from betpnl.source.memory import Memory
from betpnl.source.place import folder, source_of
from betpnl.source.reading import Database
from betpnl.source.state import State
from betpnl.stack import ports, resolve
from betpnl.stack.memory import Memory as StackMemory
from betpnl.stack.memory import exclusive

T = TypeVar("T")

_POLL_S = 0.3
# After that it is said that Kafka is away; what was written down is sent again for ever.
_ACK_TIMEOUT_S = 10.0
# What Kafka's own framing adds to a record.
_FRAME_BYTES = 2_000
_PRODUCER_BYTES_MAX = 1_000_000


def run(settings: Settings) -> None:
    """Map until KeyboardInterrupt. Raises UserError when another mapper runs in this home."""
    source, home = source_of(settings), folder(settings)
    busy = f"Another mapper runs in {home}."
    with exclusive(home / "mapper.lock", busy):
        state = State(home / "state.json")
        bootstrap, cluster = wait_for_kafka(settings, state)
        memory = Memory(home / "memory.sqlite")
        try:
            _map(settings, source, state, memory, bootstrap, cluster)
        finally:
            memory.close()


def _map(
    settings: Settings, source: Source, state: State, memory: Memory, bootstrap: str, cluster: str
) -> None:
    home, topic = folder(settings), changes.topic_name(settings)
    anew = _another_log(memory, cluster)
    stream = Stream(bootstrap, topic, memory.facts.get("offset", 0))
    address = lambda: connection.address(settings, source)  # noqa: E731
    keeper = Keeper(
        source, address, lambda: _connect(settings), state, home, topic, lambda: stream.silent_s
    )
    publisher = Publisher(bootstrap, settings.topic_prefix, ack_timeout_s=_ACK_TIMEOUT_S)
    database = Database(source, address)
    mapper = Mapper(
        source,
        memory,
        database,
        publisher,
        state,
        rules=rules(settings),
        value_bytes_max=min(settings.kafka_message_bytes_max, _PRODUCER_BYTES_MAX) - _FRAME_BYTES,
        wish=home / "sweep",
    )
    if anew:
        keeper.begin_another(anew)
    keeper.start()
    state.log(f"mapping {', '.join(source.sections)} of {source.path}")
    try:
        while True:
            try:
                mapper.step(stream)
            except OutOfRangeError as error:
                state.log(f"Kafka has lost the place in {topic}: {error}")
                keeper.begin_another("Kafka has lost changes")
                first = _retried(stream.first)
                memory.set_fact("offset", first)
                stream.seek(first)
    finally:
        keeper.stop()
        publisher.close(0)
        database.close()
        stream.close()


def _another_log(memory: Memory, cluster: str) -> str:
    """Why all has to be published again: the Kafka is not the one of last time. '' when it is."""
    before = memory.facts.get("cluster")
    if before == cluster:
        return ""
    if before is not None:
        memory.forget_published()
        memory.set_fact("offset", 0)
    memory.set_fact("cluster", cluster)
    return "" if before is None else "Kafka is another one"


def wait_for_kafka(settings: Settings, state: State) -> tuple[str, str]:
    """Kafka's address and the id of its cluster, once it answers; the topic of changes is there."""

    def ask() -> tuple[str, str]:
        bootstrap = resolve.kafka_bootstrap(settings)
        try:
            return bootstrap, changes.create_topic(settings, bootstrap)
        except KafkaException as error:
            raise UserError(f"Kafka at {bootstrap} does not answer: {error}") from None

    found = _retried(ask, lambda text: state.problem("kafka", text))
    state.solved("kafka")
    return found


def _retried(ask: Callable[[], T], said: Callable[[str], None] = logging.warning) -> T:
    while True:
        try:
            return ask()
        except (UserError, KafkaException) as error:
            said(str(error))
            time.sleep(_POLL_S)


def _connect(settings: Settings) -> Connect:
    known = StackMemory.read(settings.home).services.get("connect")
    if known is None or known.process is None:
        raise UserError("Kafka Connect does not run; `betpnl up` starts it.")
    return Connect(f"http://{ports.HOST}:{known.port}")
