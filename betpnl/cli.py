"""The `betpnl` command: a table of commands, each imported only when it is called."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from betpnl.errors import UserError


@dataclass(frozen=True)
class Entry:
    """One command: its name, its line in `betpnl --help`, and where its function lives, or the
    Typer of its own commands."""

    name: str
    function: str
    help: str


COMMANDS = (
    Entry("demo", "betpnl.demo.command:demo", "Everything live, on real games."),
    Entry("up", "betpnl.commands.up:up", "Start MySQL, Kafka and Flink."),
    Entry("down", "betpnl.commands.down:down", "Stop them; data stay."),
    Entry("status", "betpnl.commands.status:status", "Show what runs, its version and its log."),
    Entry("board", "betpnl.board.command:board", "Serve the board: PNL live, in a browser."),
    Entry("watch", "betpnl.watch.command:watch", "See games by money at risk, live."),
    Entry("replay", "betpnl.replay.command:replay", "Stream bets on real games into Kafka."),
    Entry("ingest", "betpnl.api.command:ingest", "Serve the API: bets in, PNL out."),
    Entry("token", "betpnl.api.token_command:token", "Make and revoke tokens of the API."),
    Entry("pull", "betpnl.pull.command:pull", "Fetch records from a client's API into Kafka."),
    Entry("source", "betpnl.source.command:source", "Follow tables of a client's MySQL."),
    Entry("upkeep", "betpnl.upkeep.command:upkeep", "Do what is to be done beside the job."),
    Entry("archive", "betpnl.archive.command:archive", "Move what is old out of MySQL."),
    Entry("exporter", "betpnl.monitor.command:exporter", "Serve metrics for Prometheus."),
    Entry("submit", "betpnl.commands.submit:submit", "Submit the live PNL job to Flink."),
    Entry("sql", "betpnl.commands.sql:sql", "Ask Flink and MySQL in SQL, live."),
    Entry("verify", "betpnl.verify.command:verify", "Compute all again and compare, to the cent."),
    Entry("bench", "betpnl.bench.command:bench", "Measure latency and throughput."),
    Entry("train", "betpnl.model.training.command:train", "Train the model on games and odds."),
    Entry("schema", "betpnl.commands.schema:schema", "Print the contract as JSON Schema."),
    Entry("settings", "betpnl.commands.settings:settings", "Show every setting and its value."),
)


class LazyCommand(TyperCommand):
    """Stands in the list of commands; imports the real one when it is called."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(name=entry.name, help=entry.help)
        self._entry = entry

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: Any = None,
        **extra: Any,
    ) -> Any:
        """Hand over to the real command, which then parses the arguments."""
        return load(self._entry).make_context(info_name, args, parent=parent, **extra)


class LazyGroup(TyperGroup):
    """A group whose commands are the table above, in its order."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return [entry.name for entry in COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> LazyCommand | None:  # noqa: ARG002
        return next((LazyCommand(entry) for entry in COMMANDS if entry.name == cmd_name), None)


def load(entry: Entry) -> Any:
    """Import an entry's function, or its group of commands, and make the command of it."""
    module, _, name = entry.function.partition(":")
    found = getattr(importlib.import_module(module), name)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    single = typer.Typer(add_completion=False)
    single.command(name=entry.name)(found)
    return typer.main.get_command(single)


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Live profit and loss for a sportsbook.",
)


@app.callback()
def root() -> None:
    """Live profit and loss for a sportsbook."""


def main() -> None:
    """Run the command line; a UserError ends it with its sentence and code 2."""
    try:
        app()
    except UserError as error:
        typer.echo(f"betpnl: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
