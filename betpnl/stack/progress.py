"""Shows how far each service is, while they start or stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

_DONE = ("ready", "running already", "stopped")
_BAD = ("failed", "killed")


@contextmanager
def progress(console: Console | None = None) -> Iterator[Callable[[str, str], None]]:
    """Yields a `report(service, line)`; one moving line a service, or plain lines to a file."""
    console = console or Console(stderr=True)
    lines: dict[str, RenderableType] = {}
    lock = threading.Lock()

    def table() -> Table:
        shown = Table.grid(padding=(0, 2))
        for name, line in lines.items():
            shown.add_row(Text(name, style="bold"), line)
        return shown

    if not console.is_terminal:
        yield lambda name, line: console.print(f"{name}: {line}", highlight=False)
        return
    with Live(table(), console=console, refresh_per_second=10) as live:

        def report(name: str, line: str) -> None:
            with lock:
                lines[name] = _rendered(line)
                live.update(table())

        yield report


def _rendered(line: str) -> RenderableType:
    if line.startswith(_DONE):
        return Text(line, style="green")
    if line.startswith(_BAD):
        return Text(line, style="red")
    return Spinner("dots", Text(line))
