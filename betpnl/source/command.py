"""`betpnl source`: follow a client's MySQL, try a source file, or look at everything again."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from betpnl.settings import Settings
from betpnl.source.place import folder, source_of
from betpnl.source.run import run
from betpnl.stack.interrupt import interruptible


def source(
    check: Annotated[
        Path | None,
        typer.Option("--check", help="Try a source file on its server; nothing is published."),
    ] = None,
    reconcile: Annotated[
        bool,
        typer.Option("--reconcile", help="Have the mapper look at every record once more."),
    ] = False,
) -> None:
    """Publish what changes, until Ctrl-C; with a source set, `betpnl up` does so by itself."""
    settings = Settings.load()
    if check is not None:
        from betpnl.source.check import check as check_file

        raise typer.Exit(check_file(settings, check))
    if reconcile:
        source_of(settings)
        (folder(settings) / "sweep").touch()
        typer.echo("The mapper looks at every record once more; `betpnl status` shows how far.")
        return
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        with interruptible():
            run(settings)
    except KeyboardInterrupt:
        return
