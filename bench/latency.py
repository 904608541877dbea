"""Latency and throughput of the whole path, from a bet's planned time to its count in MySQL.

Open loop: bets have planned times, and a stack that falls behind is charged for it. The default
mix is sent but for cancellations, which lower the counts that this measures by. Every leg of a
bet is one count, in its game. The stack must be up; `betpnl up`, and for latencies also
`betpnl submit`, with the same settings.

  python bench/latency.py --rate 10000 --warmup 60 --seconds 180
  python bench/latency.py --rate 1000 --api     the same over HTTP, by an API of its own
  python bench/latency.py --rate 1000 --mysql   the same from the INSERT into a sportsbook's table,
                                                with BETPNL_MYSQL_SOURCE=bench/ledger.toml
  python bench/latency.py --drain 1000000       writes a backlog, submits the job, waits for it

Over HTTP, bets go out in batches, and a bet's planned time is that of its batch: when the last
of its bets is due.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from child import Child
from cpu import percent_of_core, service_pids, used_s
from matching import MIX, QUANTILES, Planned, by_batch, figures, latencies, planned, steady_rate
from observe import observe
from ways import ToApi, Way, to_api, to_kafka, to_mysql

from betpnl.errors import UserError
from betpnl.games import Game, load_games
from betpnl.mysql import connect
from betpnl.replay import Block, Options, Plan, Report, SystemClock, plan, run
from betpnl.replay.http_sink import HttpSink
from betpnl.settings import Settings
from betpnl.stack import Endpoints, endpoints, flink_rest
from betpnl.stack.submission import submit

# Enough for the generator to make all messages before the first is due: drawing and writing a
# bet costs several times what sending it does, and would be charged to the stack's cores.
LEAD_S = 3.0
MAKE_S_PER_BET = 80e-6
DRAIN_POLL_S = 0.05


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, and print the figures as JSON; exit code 1 when a bet was never seen."""
    arguments = _parser().parse_args(argv)
    settings = Settings.load()
    try:
        result = (_drain if arguments.drain else _latency)(arguments, settings)
    except UserError as error:
        sys.exit(f"latency.py: {error}")
    text = json.dumps(result, indent=2)
    print(text)
    if arguments.out:
        arguments.out.write_text(text + "\n", encoding="utf-8")
    sys.exit(1 if result["missing"] else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--rate", type=float, default=10_000, help="bets a second (default: %(default)s)")
    add("--games", type=int, default=40, help="games side by side (default: %(default)s)")
    add("--speed", type=float, default=60, help="minutes of play a minute (default: %(default)s)")
    add("--warmup", type=float, default=60, help="seconds that do not count (default: %(default)s)")
    add("--seconds", type=float, default=120, help="seconds that do (default: %(default)s)")
    add("--poll-ms", type=float, default=5, help="between two readings (default: %(default)s)")
    add("--patience", type=float, default=120, help="seconds to wait for the last bets")
    add("--drain", type=int, default=0, metavar="BETS", help="measure a backlog's drain instead")
    add("--seed", type=int, default=None, help="default: another one each time")
    add("--api", action="store_true", help="send over HTTP, to an API started for this")
    add("--mysql", action="store_true", help="write to a table that mysql_source follows")
    add("--batch", type=int, default=100, help="bets in a request (default: %(default)s)")
    add("--out", type=Path, default=None, help="also write the result to this file")
    return parser


def _options(arguments: argparse.Namespace, settings: Settings, **limit: Any) -> Options:
    seed = secrets.randbelow(10**9) if arguments.seed is None else arguments.seed
    return Options(
        seed=seed,
        rate=arguments.rate,
        games=arguments.games,
        speed=arguments.speed,
        base_currency=settings.base_currency,
        mix=MIX,
        **limit,
    )


def _latency(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    found = endpoints(settings)
    if flink_rest.live_job(found.flink_rest_url) is None:
        raise UserError("the job does not run; submit it with `betpnl submit`.")
    if arguments.mysql:
        return _measure(arguments, settings, found, to_mysql(settings, found))
    with to_api(settings, arguments.batch) if arguments.api else nullcontext() as api:
        return _measure(arguments, settings, found, api or to_kafka(settings))


def _measure(
    arguments: argparse.Namespace, settings: Settings, found: Endpoints, way: Way
) -> dict[str, Any]:
    clock = SystemClock()
    seconds = arguments.warmup + arguments.seconds
    options = _options(arguments, settings, seconds=seconds)
    with (
        Child(observe, found, options.tag, arguments.poll_ms / 1000) as observer,
        Child(_generate, options, way) as generator,
    ):
        for child in (observer, generator):
            child.receive()
        lead_s = LEAD_S + MAKE_S_PER_BET * options.rate * seconds
        origin = datetime.fromtimestamp(clock.now() + lead_s, UTC)
        generator.send(origin)
        roots = {
            **service_pids(settings), "observer": observer.pid, "generator": generator.pid
        }  # fmt: skip
        if isinstance(way, ToApi):
            roots["api"] = way.pid
        clock.sleep(origin.timestamp() + arguments.warmup - clock.now())
        before = used_s(roots)
        clock.sleep(origin.timestamp() + seconds - clock.now())
        after = used_s(roots)
        report, answers_s = generator.receive()
        replay = plan(options, origin=origin)
        expected = planned(replay)
        if isinstance(way, ToApi):
            expected = by_batch(expected, replay.blocks(), way.batch)
        _await(found, options.tag, expected, arguments.patience)
        observer.send("stop")
        seen, gaps_s = observer.receive()
    latency_s = latencies(expected, seen, replay.origin.timestamp(), arguments.warmup)
    return {
        **_about(options),
        "warmup_s": arguments.warmup,
        "seconds": arguments.seconds,
        "latency_ms": figures(latency_s),
        "missing": int(np.isnan(latency_s).sum()),
        "cpu_percent_of_a_core": percent_of_core(before, after, arguments.seconds),
        "generator": _generator(report),
        **({"answered_after_ms": _quantiles_ms(answers_s)} if len(answers_s) else {}),
        "observer_gap_ms": _quantiles_ms(gaps_s),
    }


def _quantiles_ms(values_s: Sequence[float]) -> dict[str, float]:
    return {
        name: round(float(np.quantile(values_s, share)) * 1000, 2)
        for name, share in QUANTILES.items()
    }


def _drain(arguments: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    found = endpoints(settings)
    if flink_rest.live_job(found.flink_rest_url) is not None:
        raise UserError("the job runs; cancel it first, so that a backlog can build up.")
    clock = SystemClock()
    options = _options(arguments, settings, bets=arguments.drain)
    # A plan that is over already is sent as fast as Kafka takes it.
    length = timedelta(seconds=arguments.drain / arguments.rate + 60)
    replay = plan(options, origin=datetime.now(UTC) - length)
    report = run(replay, to_kafka(settings).sink(), clock)
    wrote_s = clock.now() - replay.origin.timestamp() - length.total_seconds()
    expected = planned(replay)
    job = submit(settings)
    roots = service_pids(settings)
    with Child(observe, found, options.tag, DRAIN_POLL_S) as observer:
        observer.receive()
        _wait(lambda: _running_s(found, job) > 0, arguments.patience, "the job does not run")
        before, from_s = used_s(roots), clock.now()
        _await(found, options.tag, expected, arguments.patience + arguments.drain / 1000)
        after, to_s = used_s(roots), clock.now()
        observer.send("stop")
        seen, _ = observer.receive()
    running_s = _running_s(found, job)
    missing = int(np.isnan(latencies(expected, seen, 0.0, 0.0)).sum())
    result = {
        **_about(options),
        "backlog_bets": report.bets,
        "records": report.sent,
        "written_per_s": round(report.sent / wrote_s),
        "missing": missing,
        "cpu_percent_of_a_core": percent_of_core(before, after, to_s - from_s),
    }
    if missing:
        return result
    drained_s = float(seen.at_s.max()) - running_s
    return {
        **result,
        "running_to_first_count_s": round(float(seen.at_s.min()) - running_s, 2),
        "running_to_all_counted_s": round(drained_s, 2),
        "bets_per_s": round(report.bets / drained_s),
        "bets_per_s_between_10_and_90_percent": round(
            steady_rate(seen, 0.1, 0.9) * report.bets / expected.counts
        ),
    }


def _running_s(found: Endpoints, job: str) -> float:
    """When the job began to run, seconds since 1970; 0 before."""
    stamps = flink_rest.get(found.flink_rest_url, f"/jobs/{job}")["timestamps"]
    return float(stamps["RUNNING"]) / 1000


def _generate(pipe: Connection, options: Options, way: Way) -> None:
    games = load_games()
    sink = way.sink()
    pipe.send("ready")
    report = run(Made(options, games, pipe.recv()), sink, SystemClock())
    pipe.send((report, sink.answered_after_s if isinstance(sink, HttpSink) else ()))


class Made(Plan):
    """A plan whose messages all exist before the first is due."""

    def __init__(self, options: Options, games: Sequence[Game], origin: datetime) -> None:
        super().__init__(options, games, origin)
        self._made = list(super().blocks())

    def blocks(self) -> Iterator[Block]:
        """The messages, made already."""
        return iter(self._made)


def _await(found: Endpoints, tag: str, expected: Planned, patience_s: float) -> None:
    """Wait until every count is there; what is still missing then stays unseen."""
    query = "SELECT COALESCE(SUM(bets), 0) FROM game_pnl WHERE game_id LIKE %s"
    with connect(found, read_only=True) as connection, connection.cursor() as cursor:

        def counted() -> bool:
            cursor.execute(query, (f"%.{tag}",))
            row = cursor.fetchone()
            return row is not None and int(row[0]) >= expected.counts

        try:
            _wait(counted, patience_s, "counts are missing")
        except UserError as error:
            print(f"latency.py: {error}", file=sys.stderr)


def _wait(condition: Callable[[], bool], patience_s: float, otherwise: str) -> None:
    until_s = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > until_s:
            raise UserError(f"{otherwise} after {patience_s:.0f} s.")
        time.sleep(0.1)


def _about(options: Options) -> dict[str, Any]:
    return {
        "rate": options.rate,
        "games": options.games,
        "speed": options.speed,
        "seed": options.seed,
        "cores": os.cpu_count(),
    }


def _generator(report: Report) -> dict[str, Any]:
    return {
        "bets": report.bets,
        "records": report.sent,
        "delivered": report.delivered,
        "failures": report.failures,
        "behind_plan_ms": {
            name: round(report.lag_s(share) * 1000, 1)
            for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
        },
    }


if __name__ == "__main__":
    main()
