"""`betpnl status`: what runs."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from betpnl.settings import Settings
from betpnl.stack.status import job_state
from betpnl.stack.status import status as services

COLOURS = {"running": "green", "stopped": "dim"}


def status() -> None:
    """Show each service: state, version, address, process, log. Code 0 if all is well."""
    settings, console = Settings.load(), Console()
    table = Table("Service", "State", "Version", "Address", "Pid", "From", box=None)
    found = services(settings)
    for each in found:
        colour = COLOURS.get(each.state, "red")
        pid = "" if each.pid is None else str(each.pid)
        state = f"[{colour}]{each.state}[/]"
        table.add_row(each.name, state, each.version, each.address, pid, each.source)
    console.print(table)
    console.print()
    for each in found:
        if each.log:
            console.print(f"{each.name} log: {each.log}", soft_wrap=True, highlight=False)
    for each in found:
        if each.news:
            console.print(f"{each.name}: {each.news}", highlight=False)
        for problem in each.problems:
            console.print(f"{each.name}: {problem}", style="red", highlight=False, markup=False)
    job = job_state(settings)
    if job:
        console.print(f"job: {job}")
    if any(each.state != "running" or each.problems for each in found):
        raise typer.Exit(1)
