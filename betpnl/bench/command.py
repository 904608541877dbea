"""`betpnl bench`: measures this machine's latency and throughput."""

from __future__ import annotations

import typer

from betpnl.bench import on_own, on_stack

bench = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Measure latency and throughput. Each scenario writes its figures as JSON and as charts.",
)
for scenario in (
    on_stack.latency,
    on_own.drain,
    on_stack.settle,
    on_stack.hot,
    on_stack.wide,
    on_own.state,
    on_own.scale,
):
    bench.command()(scenario)
