"""betpnl and its peers side by side: latency over rate, on this machine, in one run.

Each system meets each rate on a fresh, empty deployment: the same generator and observer as
`betpnl bench`, the same bets, the same model, the same MySQL. A system that has fallen behind
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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import compare_chart
from peers import running

from betpnl import __version__, stack
from betpnl.bench.load import load
from betpnl.bench.measure import Timing, measure
from betpnl.bench.screen import Screen
from betpnl.bench.ways import to_kafka
from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack import Endpoints, flink_rest
from betpnl.stack.submission import submit

OURS = "betpnl"
SYSTEMS = (OURS, *running.PEERS)
RATES = (1000.0, 2500.0, 5000.0, 7500.0, 10000.0)
BEHIND_MS = 5000
JSON_FILE, CHART_FILE = "compare.json", "compare.svg"


@dataclass(frozen=True)
class Given:
    """What every system gets: the same bets, at each rate, for as long."""

    seed: int
    games: int
    timing: Timing


def main(argv: Sequence[str] | None = None) -> None:
    """Measure all systems, write figures and chart; exit code 1 when one could not be run."""
    arguments = _parser().parse_args(argv)
    timing = Timing(arguments.warmup, arguments.seconds, arguments.patience)
    given = Given(arguments.seed, arguments.games, timing)
    systems = arguments.only or SYSTEMS
    try:
        for system in systems:
            if system != OURS:
                running.interpreter(system)
    except UserError as error:
        print(f"compare.py: {error}", file=sys.stderr)
        sys.exit(2)
    arguments.out.mkdir(parents=True, exist_ok=True)
    result: dict[str, Any] = {
        "began": datetime.now(UTC).isoformat(timespec="seconds"),
        "betpnl": __version__,
        "cores": os.cpu_count(),
        "warmup_s": timing.warmup_s,
        "seconds": timing.seconds,
        "games": given.games,
        "seed": given.seed,
        "systems": {},
    }
    failed = False
    for system in systems:
        runs = result["systems"][system] = []
        for rate in arguments.rate or RATES:
            try:
                found = measured(system, given, rate, arguments.out)
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
    p99 = found["latency_ms"]["p99"]
    return bool(found["missing"]) or p99 is None or p99 > BEHIND_MS


def measured(system: str, given: Given, rate: float, folder: Path) -> dict[str, Any]:
    """The figures of one system at one rate, on a deployment made for it. Raises UserError."""
    home = folder.resolve() / f"{system}-{rate:.0f}"
    shutil.rmtree(home, ignore_errors=True)
    settings = Settings.load(home=home)
    bets = load(
        seed=given.seed,
        rate=rate,
        base_currency=settings.base_currency,
        games=given.games,
        speed=1,
        seconds=given.timing.length_s,
    )
    with _running(system, settings) as (found, roots), Screen() as shown:
        result = measure(settings, found, to_kafka(settings), bets, given.timing, shown, roots)
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


def _write(folder: Path, result: dict[str, Any]) -> None:
    (folder / JSON_FILE).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    compare_chart.draw(result, folder / CHART_FILE)


if __name__ == "__main__":
    main()
