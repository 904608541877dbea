"""How fast a game with many open bets settles, and what an open bet costs in state.

Sends open bets on one game, all singles or all accumulators of three legs; once all are counted,
sends the game's result and measures until the sums in MySQL say so, while new bets on another
game keep coming, open loop: the latency of each is from its planned time. One in eight of them is
an accumulator, as tickets are what a game that settles could hold up. Before, the job is
looked at: the next checkpoint's size over the open bets is the state of one, and so is what the
bets added to the TaskManager's live heap, for which nothing else may send bets.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from confluent_kafka import Producer
from numpy.typing import NDArray
from pymysql.connections import Connection

from betpnl.bench import histogram, over_time
from betpnl.bench.backlog import backlog
from betpnl.bench.child import Child
from betpnl.bench.cpu import percent_of_core, service_pids, used_s
from betpnl.bench.heap import live_heap
from betpnl.bench.matching import Planned, match
from betpnl.bench.measure import quantiles_ms, quantiles_of
from betpnl.bench.observe import Looks, observe
from betpnl.bench.screen import Screen
from betpnl.bench.sending import Bets, send_all, send_on_time
from betpnl.bench.templates import result
from betpnl.bench.waiting import until, until_counted
from betpnl.contract.topics import BETS, RESULTS
from betpnl.errors import UserError
from betpnl.kafka import producer_config
from betpnl.mysql import connect
from betpnl.replay import SystemClock
from betpnl.settings import Settings
from betpnl.stack import Endpoints, flink_rest

_OTHER_LEGS = 2
_TICKETS_EVERY = 8
_LOOK_S = 0.005
_ALONE_S = 10.0
_AFTER_S = 2.0
_TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Wish:
    """bets: open on one game. accumulators: of three legs, else singles. rate: of new bets
    meanwhile. patience_s: for any step."""

    bets: int
    accumulators: bool
    rate: float
    patience_s: float


def settle(settings: Settings, found: Endpoints, wish: Wish, screen: Screen) -> dict[str, Any]:
    """Everything that is measured, on games of its own."""
    run = f"{time.time():.0f}"
    legs = 1 + _OTHER_LEGS if wish.accumulators else 1
    games = tuple(f"settle-{run}-{leg}" for leg in range(legs))
    heap = _heap(settings)
    began = time.monotonic()
    topic = settings.topic_prefix + BETS.name
    _place(found, wish, Bets(found.kafka_bootstrap, topic, f"s{run}", games, legs), screen)
    placed_s = time.monotonic() - began
    screen.say("state", "looked at, at the next checkpoint")
    state = _state_bytes(found, wish.patience_s)
    grown = None if heap is None else live_heap(settings).bytes - heap
    figures = _settled(settings, found, wish, games[0], run, screen)
    return {
        "open_bets": wish.bets,
        "legs": legs,
        "rate": wish.rate,
        "state_backend": settings.state_backend,
        "placed_s": round(placed_s, 1),
        "checkpoint_bytes": state,
        "checkpoint_bytes_per_bet": None if state is None else round(state / wish.bets),
        "heap_bytes_per_bet": None if grown is None else round(grown / wish.bets),
        **figures,
    }


def _heap(settings: Settings) -> int | None:
    """The live heap, None where it cannot be looked at."""
    try:
        return live_heap(settings).bytes
    except UserError:
        return None


def _place(found: Endpoints, wish: Wish, what: Bets, screen: Screen) -> None:
    screen.say("open bets", f"{wish.bets:,} being sent")
    with Child(send_all, what, wish.bets) as sender:
        sender.receive_last(lambda share: screen.share("open bets", share, "sent"))
    screen.say("open bets", "waited for until all are counted")
    with connect(found, read_only=True) as connection:
        until(
            lambda: _ask(connection, "riding_bets", "game_placed", what.games[0]) >= wish.bets,
            wish.patience_s,
            "the open bets are not all counted",
        )
    screen.share("open bets", 1.0, "counted")


def _settled(
    settings: Settings, found: Endpoints, wish: Wish, game: str, run: str, screen: Screen
) -> dict[str, Any]:
    clock = SystemClock()
    quiet = tuple(f"quiet-{run}-{leg}" for leg in range(1 + _OTHER_LEGS))
    new = Bets(
        found.kafka_bootstrap,
        settings.topic_prefix + BETS.name,
        f"q{run}",
        quiet,
        tickets_every=_TICKETS_EVERY,
    )
    table = "game_ticket_settled" if wish.accumulators else "game_settled"
    with (
        Child(observe, found, [*quiet], _LOOK_S) as observer,
        Child(send_on_time, new, wish.rate) as sender,
        connect(found, read_only=True) as connection,
    ):
        observer.receive()
        sender.receive()
        screen.say("new bets", f"{_ALONE_S:.0f} s of them alone")
        clock.sleep(_ALONE_S)
        roots = {**service_pids(settings), "observer": observer.pid, "generator": sender.pid}
        screen.say("settling", "result sent")
        before, sent_s = used_s(roots), clock.now()
        _send_result(settings, found, game)
        _until_settled(connection, table, game, wish)
        settled_s = clock.now()
        after = used_s(roots)
        screen.share("settling", 1.0, f"{settled_s - sent_s:.2f} s")
        clock.sleep(_AFTER_S)
        sender.send("stop")
        due_s = np.array(sender.receive())
        # The first bet is the origin, as in the other scenarios.
        origin_s = float(due_s[0])
        planned = _counts(quiet, due_s - origin_s)
        until_counted(found, planned, wish.patience_s)
        observer.send("stop")
        looks: Looks = observer.receive()
    matched = match(planned, looks.games, origin_s)
    length_s = float(due_s[-1]) - origin_s
    waiting = backlog(planned, looks.games, origin_s, 0.0, length_s, len(due_s) / planned.counts)
    took_s = settled_s - sent_s
    marks_s = {"result": sent_s - origin_s, "settled": settled_s - origin_s}
    return {
        "result_to_settled_ms": round(took_s * 1000),
        "settled_bets_per_s": round(wish.bets / took_s),
        "missing": matched.unseen,
        "new_bets_ms": quantiles_of(matched.between(0.0, marks_s["result"])),
        "new_bets_while_settling_ms": quantiles_of(
            matched.between(marks_s["result"], marks_s["settled"])
        ),
        "histogram": histogram.packed(matched.latency_s),
        "observer_gap_ms": quantiles_ms(looks.gaps_s),
        "marks_s": {name: round(at_s, 2) for name, at_s in marks_s.items()},
        "over_time": over_time.by_second(matched, waiting),
        "cpu_percent_of_a_core": percent_of_core(before, after, took_s),
    }


def _counts(games: tuple[str, ...], due_s: NDArray[np.float64]) -> Planned:
    """When each game counts a new bet: singles in turn, and every accumulator."""
    number = np.arange(len(due_s))
    ticket = number % _TICKETS_EVERY == 0
    return Planned(
        {game: due_s[ticket | (number % len(games) == place)] for place, game in enumerate(games)}
    )


def _send_result(settings: Settings, found: Endpoints, game: str) -> None:
    producer = Producer(producer_config(found.kafka_bootstrap))
    record = json.dumps(result(game, "lose")).encode()
    producer.produce(settings.topic_prefix + RESULTS.name, record, game)
    if producer.flush(_TIMEOUT_S):
        raise UserError("Kafka did not take the result; `betpnl status` shows what runs.")


def _until_settled(connection: Connection, table: str, game: str, wish: Wish) -> None:
    # Not `until`, whose looks lie too far apart for what may take a few hundredths of a second.
    deadline_s = time.monotonic() + wish.patience_s
    while _ask(connection, "bets", table, game) < wish.bets:
        if time.monotonic() > deadline_s:
            raise UserError(f"the game is not settled after {wish.patience_s:.0f} s (--patience).")
        time.sleep(_LOOK_S)


def _state_bytes(found: Endpoints, patience_s: float) -> int | None:
    """The size of the first checkpoint that begins from now on; None when there is none."""
    url = found.flink_rest_url
    job = flink_rest.live_job(url)
    if job is None:
        return None
    began_ms = time.time() * 1000
    latest: dict[str, Any] = {}

    def there() -> bool:
        checkpoints = flink_rest.get(url, f"/jobs/{job['jid']}/checkpoints")
        latest.update(checkpoints["latest"]["completed"] or {})
        return bool(latest and latest["trigger_timestamp"] > began_ms)

    try:
        until(there, patience_s, "there was no checkpoint")
    except UserError:
        return None
    return int(latest.get("full_size") or latest["state_size"])


def _ask(connection: Connection, column: str, table: str, game: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE game_id = %s", (game,))
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])
