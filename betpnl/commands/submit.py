"""`betpnl submit`: the live job onto the cluster."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from betpnl.settings import Settings
from betpnl.stack.resolve import endpoints
from betpnl.stack.submission import submit as submit_job


def submit(
    resume_from: Annotated[
        str, typer.Option("--from", help="Checkpoint or savepoint to go on from, as a URI.")
    ] = "",
) -> None:
    """Submit the live PNL job; it goes on from its newest checkpoint."""
    settings, console = Settings.load(), Console()
    with console.status("submit") as line:
        job = submit_job(
            settings, resume_from=resume_from, report=lambda text: line.update(f"job: {text}")
        )
    console.print(f"job {job} submitted; web UI at {endpoints(settings).flink_rest_url}")
