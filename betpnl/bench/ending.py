"""How every scenario ends: with files and a table, or with nothing left of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql
import typer

from betpnl.bench import results
from betpnl.errors import UserError
from betpnl.settings import Settings
from betpnl.stack.interrupt import interruptible

INTERRUPTED = 130


def folder(out: Path | None, settings: Settings) -> Path:
    """Where results go; it stays when a deployment of the benchmark's own goes.

    Raises UserError when nothing can be written to the one that was named: what took an hour to
    measure would be lost.
    """
    if out is None:
        return settings.home / "bench"
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            return out
    except OSError as error:
        raise UserError(f"--out {out} cannot be written to ({error.strerror}).") from None


def finish(
    scenario: str,
    settings: Settings,
    runs: list[dict[str, Any]],
    out: Path,
    as_json: bool,
    **more: Any,
) -> None:
    """Write and show a result. Raises typer.Exit(1) if something was never seen, or too often."""
    result = results.wrap(scenario, settings, runs, **more)
    files = results.save(result, out)
    results.show(result, files, as_json=as_json)
    if any(run.get("missing") or run.get("overcounted") for run in runs):
        raise typer.Exit(1)


@contextmanager
def ended_early(
    scenario: str, settings: Settings, runs: list[dict[str, Any]], out: Path, left: str
) -> Iterator[None]:
    """Writes the runs that there are when the block is interrupted or fails, and says so.

    left: a sentence on what an interrupted block leaves behind.
    """
    try:
        with interruptible():
            yield
    except KeyboardInterrupt:
        _save_early(scenario, settings, runs, out, "interrupted")
        typer.echo(f"Stopped before the end. {left}", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except UserError as error:
        _save_early(scenario, settings, runs, out, str(error))
        raise
    except (OSError, pymysql.MySQLError) as error:
        _save_early(scenario, settings, runs, out, str(error))
        raise UserError(f"The measurement failed: {error}. {left}") from error


def _save_early(
    scenario: str, settings: Settings, runs: list[dict[str, Any]], out: Path, why: str
) -> None:
    if runs:
        for file in results.save(results.wrap(scenario, settings, runs, ended_early=why), out):
            typer.echo(f"What was measured until then: {file}", err=True)
