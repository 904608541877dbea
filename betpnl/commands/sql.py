"""`betpnl sql`: Flink's SQL client, with everything registered."""

from __future__ import annotations

import os
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
    if file is None and not execute:
        raise typer.Exit(flink_client.open_sql_client(settings, arguments))
    script = folder / f"statements-{os.getpid()}.sql"
    text = file.read_text(encoding="utf-8") if file else execute
    write_private(script, flink_client.one_a_line(text))
    try:
        ok = flink_client.run_sql_file(settings, arguments, script, typer.echo)
    finally:
        script.unlink()
    raise typer.Exit(0 if ok else 1)
