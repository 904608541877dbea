"""`betpnl down`: stop the services."""

from __future__ import annotations

from rich.console import Console

from betpnl import stack
from betpnl.settings import Settings
from betpnl.stack.progress import progress


def down() -> None:
    """Stop exactly what `betpnl up` started; data stay, and a job goes on where it was."""
    settings = Settings.load()
    with progress() as report:
        stopped = stack.stop(settings, report=report)
    if not stopped:
        Console().print("Nothing was running.")
