"""`betpnl archive`: move what is old out of MySQL, or look at what was moved."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from betpnl.archive.place import folder
from betpnl.errors import UserError
from betpnl.settings import Settings


def archive(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count what would go; nothing is written.")
    ] = False,
    show: Annotated[
        str, typer.Option(metavar="BET_ID", help="Print what the archive has of a bet, as JSON.")
    ] = "",
) -> None:
    """Write bets and buckets that are old enough to Parquet, and delete them from MySQL.

    Old enough is what is over since retain_bets_days, and buckets from before
    retain_buckets_days; `betpnl upkeep` does the same once a day. No sum changes by it. What was
    archived lies in archive_folder, a folder a table, for DuckDB, pandas and the like.
    """
    from betpnl.archive.run import Ages, run
    from betpnl.mysql import connect
    from betpnl.stack import endpoints

    settings = Settings.load()
    if show:
        _show(folder(settings), show)
        return
    ages = Ages(settings.retain_bets_days, settings.retain_buckets_days)
    if not ages.bets and not ages.buckets:
        raise UserError(
            "Nothing is to be archived: set retain_bets_days (BETPNL_RETAIN_BETS_DAYS) or "
            "retain_buckets_days (BETPNL_RETAIN_BUCKETS_DAYS)."
        )
    console = Console()
    connection = connect(endpoints(settings))
    try:
        with Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        ) as progress:
            task = progress.add_task("looking for what is old enough")
            counts: dict[str, int] = {}

            def told(table: str, rows: int) -> None:
                counts[table] = counts.get(table, 0) + rows
                said = ", ".join(f"{name} {count}" for name, count in counts.items())
                progress.update(task, description=said)

            done = run(
                connection,
                folder(settings),
                ages,
                datetime.now(UTC),
                dry=dry_run,
                progress=told,
            )
    finally:
        connection.close()
    word = "would go" if dry_run else "went"
    for table, rows in done.rows.items():
        console.print(f"{table}: {rows} rows {word}", highlight=False)
    if done.files:
        console.print(f"{len(done.files)} files in {folder(settings)}", highlight=False)
    if not any(done.rows.values()):
        console.print("Nothing is old enough.")


def _show(place: Path, bet_id: str) -> None:
    from betpnl.archive.due import WITH_BET
    from betpnl.archive.parquet import of_bet

    found: dict[str, list[dict[str, Any]]] = {
        table.name: of_bet(place, table.name, bet_id) for table in WITH_BET
    }
    if not found["bet"]:
        raise UserError(f"The archive in {place} has no bet {bet_id}.")
    typer.echo(json.dumps(found, default=str, indent=2))
