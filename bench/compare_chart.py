"""The chart of bench/compare.py: latency over rate, a line a system.

python bench/compare_chart.py FIGURES.json CHART.svg
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot

QUANTILES = ("p50", "p99")
# Told apart by colour-blind eyes, too (Okabe and Ito), and by their marks in print.
STYLES = {
    "betpnl": ("#000000", "o"),
    "floor": ("#999999", "s"),
    "bytewax": ("#E69F00", "^"),
    "quix": ("#0072B2", "v"),
    "spark": ("#D55E00", "D"),
}
LABELS = {
    "floor": "plain Python and NumPy",
    "quix": "Quix Streams",
    "spark": "Spark Structured Streaming",
}


def points(runs: list[dict[str, Any]], quantile: str) -> tuple[list[float], list[float]]:
    """Rates in thousands, and milliseconds; a rate at which bets were never seen is left out."""
    found = [run for run in runs if not run["missing"]]
    return [run["rate"] / 1000 for run in found], [run["latency_ms"][quantile] for run in found]


def draw(result: dict[str, Any], path: Path) -> None:
    """Write the chart as SVG."""
    mpl.use("svg")
    # Text stays text, and the same figures make the same file.
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "betpnl"})
    figure, both = pyplot.subplots(1, 2, figsize=(10, 4.5), sharey=True, layout="constrained")
    for axes, quantile in zip(both, QUANTILES, strict=True):
        for system, runs in result["systems"].items():
            colour, mark = STYLES[system]
            label = LABELS.get(system, system)
            axes.plot(*points(runs, quantile), color=colour, marker=mark, label=label)
        axes.set(title=quantile, xlabel="bets a second, thousands", yscale="log")
        axes.grid(alpha=0.3, which="both")
    both[0].set_ylabel("from planned to counted in MySQL, ms")
    # Inside it would hide points.
    lines, labels = both[0].get_legend_handles_labels()
    figure.legend(lines, labels, loc="outside lower center", ncols=len(labels))
    figure.suptitle(f"{result['cores']} cores with everything on them")
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2]))
