"""`betpnl down`: stop the services."""

from __future__ import annotations

from contextlib import suppress

from rich.console import Console

from betpnl import stack
from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack import checkpoint
from betpnl.stack.progress import progress


def down() -> None:
    """Stop exactly what `betpnl up` started; data stay, and a job goes on where it was."""
    settings = Settings.load()
    with progress() as report:
        with suppress(UserError):
            # Where not all of it runs, there is no job to ask.
            found = stack.endpoints(settings)
            checkpoint.take_first(settings, found.flink_rest_url, lambda line: report("job", line))
        stopped = stack.stop(settings, report=report)
    if not stopped:
        Console().print("Nothing was running.")
