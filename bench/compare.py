"""betpnl and its peers side by side: latency over rate, on this machine, in one run.

Each system meets each rate on a fresh, empty deployment: the same generator and observer as
bench/latency.py, the same bets, the same model, the same MySQL. A system that has fallen behind
is not asked for higher rates. Before: `make setup` and bench/peers/setup.sh; nothing else should
run meanwhile.

  python bench/compare.py --out .cache/compare
  python bench/compare.py --only floor --only spark --rate 1000 --rate 2500 --out .cache/compare
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import compare_chart
import numpy as np
from child import Child
from cpu import percent_of_core, service_pids, used_s
from latency import LEAD_S, MAKE_S_PER_BET, Made
from matching import MIX, QUANTILES, figures, latencies, planned
from observe import observe
from peers import running
from ways import Way, to_kafka

from betpnl import stack
from betpnl.errors import UserError
from betpnl.games import load_games
from betpnl.replay import Options, SystemClock, plan, run
from betpnl.settings import Settings
from betpnl.stack import Endpoints, flink_rest
from betpnl.stack.submission import submit

OURS = "betpnl"
SYSTEMS = (OURS, *running.PEERS)
RATES = (1000.0, 2500.0, 5000.0, 7500.0, 10000.0)
BEHIND_MS = 5000
POLL_S = 0.005
JSON_FILE, CHART_FILE = "compare.json", "compare.svg"


@dataclass(frozen=True)
class Load:
    """What every system gets. warmup_s: seconds at the full rate that do not count."""

    seed: int
    games: int
    warmup_s: float
    seconds: float
    patience_s: float

    def options(self, settings: Settings, rate: float) -> Options:
        """The plan for one rate; the same for every system."""
        return Options(
            seed=self.seed,
            rate=rate,
            games=self.games,
            speed=1,
            base_currency=settings.base_currency,
            mix=MIX,
            seconds=self.warmup_s + self.seconds,
        )


def main(argv: Sequence[str] | None = None) -> None:
    """Measure all systems, write figures and chart; exit code 1 when one could not be run."""
    arguments = _parser().parse_args(argv)
    load = Load(
        arguments.seed, arguments.games, arguments.warmup, arguments.seconds, arguments.patience
    )
    arguments.out.mkdir(parents=True, exist_ok=True)
    result: dict[str, Any] = {
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "warmup_s": load.warmup_s,
        "seconds": load.seconds,
        "games": load.games,
        "seed": load.seed,
        "systems": {},
    }
    failed = False
    for system in arguments.only or SYSTEMS:
        runs = result["systems"][system] = []
        for rate in arguments.rate or RATES:
            try:
                found = measured(system, load, rate, arguments.out)
            except UserError as error:
                print(f"compare.py: {system}: {error}", file=sys.stderr)
                failed = True
                break
            runs.append(found)
            print(json.dumps({"system": system, **found}), flush=True)
            _write(arguments.out, result)
            if fell_behind(found):
                break
    sys.exit(1 if failed else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--only", action="append", choices=SYSTEMS, help="may be repeated; default: all")
    add("--rate", action="append", type=float, help="may be repeated; default: 1000 to 10000")
    add("--games", type=int, default=40, help="games side by side (default: %(default)s)")
    add("--warmup", type=float, default=60, help="seconds that do not count (default: %(default)s)")
    add("--seconds", type=float, default=60, help="seconds that do (default: %(default)s)")
    add("--patience", type=float, default=30, help="seconds to wait for the last bets")
    add("--seed", type=int, default=1, help="of the bets (default: %(default)s)")
    add("--out", type=Path, required=True, help="folder for figures, chart and deployments")
    return parser


def fell_behind(found: dict[str, Any]) -> bool:
    """Whether a system cannot keep up with a rate."""
    return bool(found["missing"]) or found["latency_ms"]["p99"] > BEHIND_MS


def measured(system: str, load: Load, rate: float, folder: Path) -> dict[str, Any]:
    """The figures of one system at one rate, on a deployment made for it. Raises UserError."""
    home = folder.resolve() / f"{system}-{rate:.0f}"
    shutil.rmtree(home, ignore_errors=True)
    settings = Settings.load(home=home)
    with _running(system, settings) as (found, roots):
        result = _measure(load, settings, found, rate, roots)
    shutil.rmtree(home)
    return result


@contextmanager
def _running(system: str, settings: Settings) -> Iterator[tuple[Endpoints, dict[str, int]]]:
    """A system at work, and its processes beside the services, by name."""
    if system == OURS:
        with stack.running(settings) as found:
            job = submit(settings)
            running.wait(
                lambda: flink_rest.get(found.flink_rest_url, f"/jobs/{job}")["state"] == "RUNNING",
                running.START_S,
                "the job does not run",
            )
            yield found, {}
    else:
        with (
            running.services(settings) as found,
            running.peer(system, settings, found) as process,
        ):
            yield found, {system: process.pid}


def _measure(
    load: Load, settings: Settings, found: Endpoints, rate: float, roots: dict[str, int]
) -> dict[str, Any]:
    clock, options = SystemClock(), load.options(settings, rate)
    whole_s = load.warmup_s + load.seconds
    with (
        Child(observe, found, options.tag, POLL_S) as observer,
        Child(_generate, options, to_kafka(settings)) as generator,
    ):
        for child in (observer, generator):
            child.receive()
        lead_s = LEAD_S + MAKE_S_PER_BET * rate * whole_s
        origin = datetime.fromtimestamp(clock.now() + lead_s, UTC)
        generator.send(origin)
        roots = {
            **service_pids(settings), **roots, "observer": observer.pid, "generator": generator.pid
        }  # fmt: skip
        clock.sleep(origin.timestamp() + load.warmup_s - clock.now())
        before = used_s(roots)
        clock.sleep(origin.timestamp() + whole_s - clock.now())
        after = used_s(roots)
        report = generator.receive()
        expected = planned(plan(options, origin=origin))
        _await(found, options.tag, expected.counts, load.patience_s)
        observer.send("stop")
        seen, gaps_s = observer.receive()
    latency_s = latencies(expected, seen, origin.timestamp(), load.warmup_s)
    return {
        "rate": rate,
        "latency_ms": figures(latency_s),
        "missing": int(np.isnan(latency_s).sum()),
        "cpu_percent_of_a_core": percent_of_core(before, after, load.seconds),
        "generator": {
            "bets": report.bets,
            "records": report.sent,
            "failures": report.failures,
            "behind_plan_ms": {
                name: round(report.lag_s(share) * 1000, 1) for name, share in QUANTILES.items()
            },
        },
        "observer_gap_ms": {
            name: round(float(np.quantile(gaps_s, share)) * 1000, 2)
            for name, share in QUANTILES.items()
        },
    }


def _generate(pipe: Connection, options: Options, way: Way) -> None:
    games, sink = load_games(), way.sink()
    pipe.send("ready")
    pipe.send(run(Made(options, games, pipe.recv()), sink, SystemClock()))


def _await(found: Endpoints, tag: str, counts: int, patience_s: float) -> None:
    """Wait until every count is there; what is still missing then stays unseen."""
    query = f"SELECT COALESCE(SUM(bets), 0) FROM game_placed WHERE game_id LIKE '%.{tag}'"
    until_s = time.monotonic() + patience_s
    while time.monotonic() < until_s:
        ((counted,),) = running.rows(found, query)
        if int(str(counted)) >= counts:
            return
        time.sleep(0.1)


def _write(folder: Path, result: dict[str, Any]) -> None:
    (folder / JSON_FILE).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    compare_chart.draw(result, folder / CHART_FILE)


if __name__ == "__main__":
    main()
