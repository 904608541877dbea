"""How every scenario ends: with files and a table, or with nothing left of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer

from betpnl.bench import results
from betpnl.settings import Settings
from betpnl.stack.interrupt import interruptible

INTERRUPTED = 130


def folder(out: Path | None, settings: Settings) -> Path:
    """Where results go; it stays when a deployment of the benchmark's own goes."""
    return settings.home / "bench" if out is None else out


def finish(
    scenario: str,
    settings: Settings,
    runs: list[dict[str, Any]],
    out: Path,
    as_json: bool,
    **more: Any,
) -> None:
    """Write and show a result. Raises typer.Exit(1) if something was never seen."""
    result = results.wrap(scenario, settings, runs, **more)
    files = results.save(result, out)
    results.show(result, files, as_json=as_json)
    if any(run.get("missing") for run in runs):
        raise typer.Exit(1)


@contextmanager
def interrupted_cleanly() -> Iterator[None]:
    """Ends with what belongs to the block when the program is interrupted, and says so."""
    try:
        with interruptible():
            yield
    except KeyboardInterrupt:
        typer.echo("Stopped before the end; nothing of it is left.", err=True)
        raise typer.Exit(INTERRUPTED) from None
