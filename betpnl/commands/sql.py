"""`betpnl sql`: Flink's SQL client, with everything registered."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from betpnl.errors import UserError
from betpnl.job.statements import sql_init
from betpnl.settings import Settings
from betpnl.stack import flink_client
from betpnl.stack.memory import write_private
from betpnl.stack.resolve import endpoints


def sql(
    execute: Annotated[
        str, typer.Option("-e", "--execute", help="Run these statements and leave.")
    ] = "",
    file: Annotated[
        Path | None, typer.Option("-f", "--file", help="Run the statements of a file and leave.")
    ] = None,
) -> None:
    """Open Flink's SQL client over the live topics and MySQL's tables."""
    if execute and file:
        raise UserError("Give either -e or -f, not both.")
    if file is not None and not file.is_file():
        raise UserError(f"{file} is not a file.")
    settings = Settings.load()
    folder = settings.home / "flink" / "sql"
    init = folder / "init.sql"
    write_private(init, sql_init(settings, endpoints(settings)))
    arguments = ["--init", str(init), "--history", str(folder / "history")]
    arguments += flink_client.python_arguments(settings)
    if file is not None:
        raise typer.Exit(_run(settings, [*arguments, "--file", str(file.resolve())]))
    if not execute:
        raise typer.Exit(_run(settings, arguments))
    descriptor, name = tempfile.mkstemp(suffix=".sql", dir=folder)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as script:
            script.write(execute.rstrip().rstrip(";") + ";\n")
        raise typer.Exit(_run(settings, [*arguments, "--file", name]))
    finally:
        Path(name).unlink()


def _run(settings: Settings, arguments: list[str]) -> int:
    return flink_client.run(settings, "sql-client.sh", arguments)
