"""Charts of a result, as SVG and PNG."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_PERCENTILES = {"p50": "#2a9d8f", "p90": "#457b9d", "p99": "#e76f51", "p99.9": "#9d2a5b"}
# The same result gives the same file; and text stays text that can be searched.
_FIXED: Any = {"svg.hashsalt": "betpnl", "svg.fonttype": "none"}


def draw(result: dict[str, Any], base: Path) -> list[Path]:
    """Draw what the runs of a result have figures for; returns the files made.

    base: their path without the end of the name.
    """
    runs = result["runs"]
    timed = [run for run in runs if run.get("over_time", {}).get("second")]
    files: list[Path] = []
    if timed:
        files += _saved(base, "over-time", lambda figure: _over_time(figure, timed), len(timed))
    if len({run["rate"] for run in timed}) > 1:
        files += _saved(base, "over-rate", lambda figure: _over_rate(figure, timed))
    going = [run for run in runs if run.get("worked_off", {}).get("second")]
    if going:
        files += _saved(base, "worked-off", lambda figure: _worked_off(figure, going))
    # A backlog that was not worked off has no rate.
    drained = [run for run in runs if "taskmanagers" in run and not run["missing"]]
    if drained:
        files += _saved(base, "scale", lambda figure: _scale(figure, drained))
    if any("steps" in run for run in runs):
        files += _saved(base, "state", lambda figure: _state(figure, runs))
    return files


def _saved(base: Path, name: str, fill: Callable[[Figure], None], rows: int = 1) -> list[Path]:
    files = [base.with_name(f"{base.name}-{name}.{kind}") for kind in ("svg", "png")]
    with rc_context(_FIXED):
        figure = Figure(figsize=(9, 1 + 3 * rows), layout="constrained")
        fill(figure)
        figure.savefig(files[0], metadata={"Date": None})
        figure.savefig(files[1], dpi=120)
    return files


def _over_time(figure: Figure, runs: list[dict[str, Any]]) -> None:
    every = figure.subplots(len(runs), squeeze=False)[:, 0]
    for axes, run in zip(every, runs, strict=True):
        columns = run["over_time"]
        for name in ("p50", "p99"):
            axes.plot(
                columns["second"], columns[f"{name}_ms"], color=_PERCENTILES[name], label=name
            )
        axes.plot(columns["second"], columns["max_ms"], color="#bbbbbb", lw=0.8, label="max")
        _latency_axis(axes)
        for name, at_s in run.get("marks_s", {}).items():
            axes.axvline(at_s, color="black", lw=0.8, ls=":")
            axes.annotate(name, (at_s, 0.02), xycoords=("data", "axes fraction"), fontsize=8)
        axes.set(xlabel="seconds from the first bet", title=f"{run['rate']:,.0f} bets a second")
        axes.legend(loc="upper left", ncols=3)
        second = axes.twinx()
        second.fill_between(
            columns["second"], columns["backlog_bets"], color="#888888", alpha=0.15, lw=0
        )
        second.set_ylabel("backlog, bets (grey)")
        second.set_ylim(bottom=0)


def _over_rate(figure: Figure, runs: list[dict[str, Any]]) -> None:
    axes = figure.subplots()
    ordered = sorted(
        (run for run in runs if run["latency_ms"]["p50"] is not None), key=lambda run: run["rate"]
    )
    rates = [run["rate"] for run in ordered]
    for name, colour in _PERCENTILES.items():
        axes.plot(
            rates, [run["latency_ms"][name] for run in ordered], "o-", color=colour, label=name
        )
    axes.axhline(1000, color="black", lw=0.8, ls=":")
    axes.set_xscale("log")
    _latency_axis(axes)
    axes.set(xlabel="bets a second", title="From a bet's planned time until MySQL shows it")
    axes.legend(loc="upper left")


def _worked_off(figure: Figure, runs: list[dict[str, Any]]) -> None:
    axes = figure.subplots()
    for run in runs:
        name = f"{run['backlog_bets']:,} bets"
        if "taskmanagers" in run:
            name += f", {run['parallelism']} slots, {run['taskmanagers']} TM"
        axes.plot(run["worked_off"]["second"], run["worked_off"]["bets_per_s"], label=name)
    axes.set(xlabel="seconds since the job ran", ylabel="bets a second", title="A backlog's drain")
    axes.set_ylim(bottom=0)
    axes.legend()


def _scale(figure: Figure, runs: list[dict[str, Any]]) -> None:
    axes = figure.subplots()
    names = [f"{run['parallelism']} slots\n{run['taskmanagers']} TM" for run in runs]
    bars = axes.bar(names, [run["bets_per_s_between_10_and_90_percent"] for run in runs])
    axes.bar_label(bars, fmt="{:,.0f}")
    axes.set(ylabel="bets a second", title="A backlog's drain, by slots and TaskManagers")


def _state(figure: Figure, runs: list[dict[str, Any]]) -> None:
    axes = figure.subplots()
    for run in runs:
        steps = run["steps"]
        axes.plot(
            [step["open_bets"] / 1e6 for step in steps],
            [step["bets_per_s"] for step in steps],
            "o-",
            label=run["state_backend"],
        )
    axes.set(xlabel="open bets, millions", ylabel="bets a second")
    axes.set_ylim(bottom=0)
    axes.legend()


def _latency_axis(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.set_ylabel("latency, ms")
    axes.grid(visible=True, alpha=0.3)
