"""`betpnl train`: from tables of games to a model, with the card that says what it is worth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from betpnl.errors import UserError
from betpnl.games import DATA_FOLDER, Game, load_games
from betpnl.model.training.card import render_card, what_was_used
from betpnl.model.training.mysql_tables import opened
from betpnl.model.training.run import Progress, Trained
from betpnl.model.training.run import train as train_on
from betpnl.paths import PROJECT
from betpnl.settings import Settings

RELEASE = "2026.11"
MODELS = PROJECT / "models"


def train(
    data: Annotated[
        Path,
        typer.Option(
            help="Folder with the tables games, checkpoints, prices and results, each as .csv.gz, "
            ".csv or .parquet (docs/model.md)."
        ),
    ] = DATA_FOLDER,
    mysql: Annotated[
        str,
        typer.Option(
            metavar="SCHEMA", help="Read the four tables from this schema of a MySQL or MariaDB."
        ),
    ] = "",
    server: Annotated[
        Path | None,
        typer.Option(
            help="Which server --mysql means, and who reads: file with a section [mysql] as in "
            "docs/mysql-source.md. Without it, the server of the settings."
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option(help="Folder for outcome.onnx, outcome.json and CARD.md.")
    ] = MODELS,
    release: Annotated[str, typer.Option(help="Named in the model's version.")] = RELEASE,
    seed: Annotated[int, typer.Option(help="Of the intervals; the model has no chance in it.")] = 0,
    draws: Annotated[int, typer.Option(help="Of the bootstrap by game.", min=2)] = 2000,
) -> None:
    """Train the outcome model, and judge it on later games that it has not seen.

    Without options: on the real games in data/, into models/, in half a minute. With a folder or a
    schema of your own, the same from your games, prices and results. How margins are removed, and
    how far the model may leave the market, is chosen on the earlier games alone. The same data,
    release and seed give the same files.

    Where a running job's model_path names the file, it takes the new model within a second.
    """
    console = Console()
    with _progress(Console(stderr=True)) as progress:
        games = _games(data, mysql, server, progress)
        trained = train_on(
            games,
            release=release,
            seed=seed,
            draws=draws,
            progress=progress,
            of_data=not mysql and data.resolve() == DATA_FOLDER.resolve(),
        )
    _write(trained, out)
    console.print(_summary(trained), highlight=False, soft_wrap=True)
    console.print(
        f"outcome.onnx, outcome.json and CARD.md are in {out}", highlight=False, soft_wrap=True
    )


def _games(data: Path, schema: str, server: Path | None, progress: Progress) -> list[Game]:
    if schema:
        if data != DATA_FOLDER:
            raise UserError("--data and --mysql exclude each other.")
        with opened(Settings.load(), schema, server, progress) as tables:
            return load_games(tables)
    if server is not None:
        raise UserError("--server needs --mysql SCHEMA.")
    progress.work("Reading games")
    games = load_games(data)
    progress.done()
    return games


def _write(trained: Trained, folder: Path) -> None:
    record = json.dumps(trained.record, indent=2) + "\n"
    files = {
        "outcome.json": record.encode(),
        "CARD.md": render_card(trained.record).encode(),
        # Last: a model is there only with what is said of it.
        "outcome.onnx": trained.onnx,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            # Under another name first, so that nobody reads half of a file.
            draft = folder / f"{name}.draft"
            draft.write_bytes(content)
            draft.replace(folder / name)
    except OSError as error:
        raise UserError(f"--out {folder} cannot be written to: {error}") from None


def _summary(trained: Trained) -> str:
    record = trained.record
    overall, error = record["held_out"]["all"], record["calibration"]["all"]["all"]
    return (
        f"{record['model_version']}: margin by the {record['method']} method. "
        f"On {overall['games']} later games its log-loss is {overall['log_loss']:.4f}, the "
        f"margin-free price's {overall['log_loss_price']:.4f}; calibration error "
        f"{error['error']:.4f}, of a perfect model within {error['error_if_perfect_95']:.4f}.\n"
        + "\n".join(what_was_used(record))
    )


class _Shown(Progress):
    def __init__(self, bars: Bars) -> None:
        self._bars = bars

    def work(self, name: str, parts: int | None = 1) -> None:
        for task in self._bars.tasks:
            if task.total is None:
                self._bars.update(task.id, total=task.completed)
        self._task = self._bars.add_task(name, total=parts)

    def done(self, parts: int = 1) -> None:
        self._bars.advance(self._task, parts)


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    with Bars(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as bars:
        yield _Shown(bars)
