"""How fast a game with many open bets settles, and what an open bet costs in state.

Sends open bets on one game, all singles or all accumulators of three legs; once all are counted,
sends the game's result and measures until the sums in MySQL say so, while new bets on another
game keep coming, open loop: the latency of each is from its planned time. Before, the job is
looked at: the next checkpoint's size over the open bets is the state of one, and so is what the
bets added to the TaskManager's live heap. The stack must be up with its job, and empty of other
bets; state_backend says which state is measured.

  python bench/settle.py --singles 1000000
  python bench/settle.py --accumulators 100000
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import numpy as np
from confluent_kafka import Producer
from heap import live_bytes
from pymysql.connections import Connection

from betpnl.errors import UserError
from betpnl.kafka import producer_config
from betpnl.mysql import connect
from betpnl.settings import Settings
from betpnl.stack import Endpoints, endpoints, flink_rest

_POLL_S = 0.01
_OTHERS = 2
_RUN = f"{time.time():.0f}"


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--singles", type=int, help="open singles on the game")
    kind.add_argument("--accumulators", type=int, help="open tickets with a leg on the game")
    parser.add_argument("--rate", type=float, default=200, help="new bets a second meanwhile")
    parser.add_argument("--patience", type=float, default=1800, help="seconds to wait for any step")
    arguments = parser.parse_args(argv)
    settings = Settings.load()
    found = endpoints(settings)
    if flink_rest.live_job(found.flink_rest_url) is None:
        sys.exit("settle.py: the job does not run; submit it with `betpnl submit`.")
    try:
        print(json.dumps(Run(arguments, settings, found).figures(), indent=2))
    except UserError as error:
        sys.exit(f"settle.py: {error}")


class Run:
    """One run, on games of its own."""

    def __init__(self, arguments: argparse.Namespace, settings: Settings, found: Endpoints) -> None:
        self._bets = arguments.singles or arguments.accumulators
        self._legs = 1 if arguments.singles else 1 + _OTHERS
        self._rate, self._patience_s = arguments.rate, arguments.patience
        self._settings = settings
        self._found, self._prefix = found, settings.topic_prefix
        self._producer = Producer(producer_config(found.kafka_bootstrap))
        self._connection = connect(found)

    def figures(self) -> dict[str, Any]:
        """Everything that is measured."""
        heap = live_bytes(self._settings)
        began = time.monotonic()
        for number in range(self._bets):
            self._send("bets", f"s{_RUN}-{number}", self._bet(f"s{_RUN}-{number}", self._legs))
        self._producer.flush()
        game = f"settle-{_RUN}-0"
        self._until(lambda: self._ask("SELECT riding_bets FROM game_placed", game) == self._bets)
        placed_s = time.monotonic() - began
        state = self._state_bytes()
        heap = live_bytes(self._settings) - heap
        with self._new_bets() as latencies:
            time.sleep(5)
            quiet = len(latencies)
            sent = time.monotonic()
            self._send("results", game, _result(game, "lose"))
            self._producer.flush()
            table = "game_settled" if self._legs == 1 else "game_ticket_settled"
            self._until(lambda: self._ask(f"SELECT bets FROM {table}", game) == self._bets)
            settled_s = time.monotonic() - sent
            meanwhile = latencies[quiet:]
            time.sleep(2)
        return {
            "open_bets": self._bets,
            "legs": self._legs,
            "state_backend": self._settings.state_backend,
            "placed_s": round(placed_s, 1),
            "checkpoint_bytes": state,
            "checkpoint_bytes_per_bet": None if state is None else round(state / self._bets),
            "heap_bytes_per_bet": round(heap / self._bets),
            "result_to_game_pnl_ms": round(settled_s * 1000),
            "new_bets_ms": _quantiles(latencies[:quiet]),
            "new_bets_while_settling_ms": _quantiles(meanwhile),
        }

    def _bet(self, bet_id: str, legs: int, game: str | None = None) -> dict[str, Any]:
        names = [f"settle-{_RUN}-{number}" for number in range(legs)]
        if game is not None:
            names = [game]
        return {
            "bet_id": bet_id,
            "version": 1,
            "status": "accepted",
            "accepted_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "customer_id": f"c-{bet_id[-3:]}",
            "channel": "web",
            "region": "EU",
            "currency": "EUR",
            "stake": 10,
            "bet_type": "single" if len(names) == 1 else "accumulator",
            "legs": [
                {
                    "leg": number,
                    "game_id": name,
                    "sport": "football",
                    "competition": "League",
                    "market": "match_result",
                    "selection": "home",
                    "odds": 2.35,
                    "market_odds": {"home": 2.35, "draw": 3.3, "away": 3.1},
                }
                for number, name in enumerate(names, start=1)
            ],
        }

    def _send(self, topic: str, key: str, record: dict[str, Any]) -> None:
        while True:
            try:
                self._producer.produce(self._prefix + topic, json.dumps(record).encode(), key)
                break
            except BufferError:
                self._producer.poll(0.1)
        self._producer.poll(0)

    @contextmanager
    def _new_bets(self) -> Iterator[list[float]]:
        """Bets on a quiet game, one by one; the latencies of those that were seen."""
        game, latencies, ended = f"quiet-{_RUN}", [], threading.Event()
        planned: list[float] = []

        def send() -> None:
            start = time.monotonic()
            while not ended.is_set():
                due = start + len(planned) / self._rate
                time.sleep(max(0.0, due - time.monotonic()))
                planned.append(due)
                bet_id = f"q{_RUN}-{len(planned)}"
                self._send("bets", bet_id, self._bet(bet_id, 1, game))

        def watch() -> None:
            connection = connect(self._found)
            while not ended.is_set():
                seen = _count(connection, "SELECT bets FROM game_placed", game)
                now = time.monotonic()
                latencies.extend(now - due for due in planned[len(latencies) : seen])
                time.sleep(_POLL_S / 2)
            connection.close()

        threads = [threading.Thread(target=each) for each in (send, watch)]
        for thread in threads:
            thread.start()
        try:
            yield latencies
        finally:
            ended.set()
            for thread in threads:
                thread.join()

    def _ask(self, query: str, game: str) -> int:
        return _count(self._connection, query, game)

    def _until(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + self._patience_s
        while not is_so():
            if time.monotonic() > deadline:
                raise UserError(f"not there after {self._patience_s} s")
            time.sleep(_POLL_S)

    def _state_bytes(self) -> int | None:
        """The size of the first checkpoint that begins from now on."""
        url = self._found.flink_rest_url
        job = flink_rest.live_job(url)
        assert job is not None
        began_ms = time.time() * 1000
        deadline = time.monotonic() + self._patience_s
        while time.monotonic() < deadline:
            latest = flink_rest.get(url, f"/jobs/{job['jid']}/checkpoints")["latest"]["completed"]
            if latest and latest["trigger_timestamp"] > began_ms:
                size: int = latest.get("full_size") or latest["state_size"]
                return size
            time.sleep(1)
        return None


def _count(connection: Connection, query: str, game: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"{query} WHERE game_id = %s", (game,))
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def _result(game: str, outcome: str) -> dict[str, Any]:
    return {
        "game_id": game,
        "market": "match_result",
        "selection": "home",
        "version": 1,
        "result": outcome,
        "settled_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
    }


def _quantiles(latencies: Sequence[float]) -> dict[str, float]:
    if not latencies:
        return {}
    p50, p99 = np.percentile(np.array(latencies) * 1000, [50, 99])
    return {"bets": len(latencies), "p50": round(p50), "p99": round(p99)}


if __name__ == "__main__":
    main()
