"""Results: as JSON, as charts, and in a few lines for whoever looks on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from betpnl import __version__
from betpnl.bench import charts
from betpnl.settings import Settings


def wrap(scenario: str, settings: Settings, runs: Sequence[dict[str, Any]], **more: Any) -> Any:
    """The whole result of a scenario: the runs, and what they were measured on."""
    return {
        "scenario": scenario,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "betpnl": __version__,
        "machine": {
            "cores": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1),
            "system": platform.platform(),
        },
        "settings": {
            "state_backend": settings.state_backend,
            "parallelism": settings.parallelism,
            "bet_rows": settings.bet_rows,
            "buffer_timeout_ms": settings.buffer_timeout_ms,
            "buffer_timeout_other_ms": settings.buffer_timeout_other_ms,
            "kafka_fetch_wait_ms": settings.kafka_fetch_wait_ms,
            "python_bundle_time_ms": settings.python_bundle_time_ms,
            "flush_interval_game_ms": settings.flush_interval_game_ms,
            "checkpoint_interval_ms": settings.checkpoint_interval_ms,
        },
        **more,
        "runs": list(runs),
    }


def save(result: dict[str, Any], folder: Path) -> list[Path]:
    """Write result and charts; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{result['scenario']}-{result['at'].replace(':', '').replace('+0000', 'Z')}"
    file = folder / f"{name}.json"
    file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return [file, *charts.draw(result, folder / name)]


def show(result: dict[str, Any], files: Sequence[Path], *, as_json: bool) -> None:
    """Print the result as JSON, or a table of what can be shown in a line a run."""
    if as_json:
        print(json.dumps(result, indent=1))
        return
    console = Console()
    columns = [name for name in _COLUMNS if any(_cell(run, name) for run in result["runs"])]
    # Folded where a terminal is narrow: a digit that is cut off makes another figure.
    table = Table(
        *(Column(name, overflow="fold") for name in columns), box=None, padding=(0, 1, 0, 0)
    )
    for run in result["runs"]:
        table.add_row(*(_cell(run, name) for name in columns))
    console.print(table)
    for run in result["runs"]:
        for reason in run.get("why_not", []):
            console.print(f"{run['rate']:.0f} bets/s did not hold: {reason}.", highlight=False)
    for line in result.get("arithmetic", []):
        console.print(line, highlight=False, soft_wrap=True)
    for file in files:
        console.print(str(file), soft_wrap=True, highlight=False)


_COLUMNS = {
    "rate": ("rate",),
    "games": ("games",),
    "parallelism": ("parallelism",),
    "TaskManagers": ("taskmanagers",),
    "open bets": ("open_bets",),
    "bets/s, 10 to 90 %": ("bets_per_s_between_10_and_90_percent",),
    "bets/s, first to last": ("bets_per_s_first_and_last",),
    "p50": ("latency_ms", "p50"),
    "p90": ("latency_ms", "p90"),
    "p99": ("latency_ms", "p99"),
    "p99.9": ("latency_ms", "p99.9"),
    "max": ("latency_ms", "max"),
    "p99, probes' singles": ("probes_ms", "singles", "p99"),
    "p99, probes' tickets": ("probes_ms", "tickets", "p99"),
    "p99, rows of bets": ("probes_rows_ms", "p99"),
    "settled, ms": ("result_to_settled_ms",),
    "drift, bets/s": ("backlog", "drift_bets_per_s"),
    "missing": ("missing",),
    "too many": ("overcounted",),
    "holds": ("holds",),
}


def _cell(run: dict[str, Any], column: str) -> str:
    value: Any = run
    for key in _COLUMNS[column]:
        value = value.get(key) if isinstance(value, dict) else None
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(f"{each:,.0f}" for each in value)
    if _COLUMNS[column][0] in ("latency_ms", "probes_ms", "probes_rows_ms"):
        return _time(value)
    if isinstance(value, float) and value < 100:
        return f"{value:.3g}"
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


def _time(ms: float) -> str:
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"
