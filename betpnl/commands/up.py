"""`betpnl up`: start the services."""

from __future__ import annotations

import signal
from typing import Annotated

import typer
from rich.console import Console

from betpnl import stack
from betpnl.settings import Settings
from betpnl.stack.progress import progress


def up(
    foreground: Annotated[
        bool, typer.Option("--foreground", help="Stay, and stop the services on Ctrl-C.")
    ] = False,
) -> None:
    """Start MySQL, Kafka and Flink; return when all of them answer."""
    settings, console = Settings.load(), Console()
    if not foreground:
        with progress() as report:
            stack.start(settings, report=report)
        console.print(f"Flink's web UI: {stack.endpoints(settings).flink_rest_url}")
        return
    try:
        with progress() as report, stack.running(settings, report=report) as found:
            report("stack", f"ready: web UI at {found.flink_rest_url}; Ctrl-C stops the services")
            signal.pause()
    except KeyboardInterrupt:
        return
