"""The options that several scenarios share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


class Backend(StrEnum):
    """Where Flink keeps state."""

    ROCKSDB = "rocksdb"
    HASHMAP = "hashmap"


def _positive(value: float) -> float:
    if not 0 < value < float("inf"):
        raise typer.BadParameter("give a number above 0.")
    return value


def _share(value: float) -> float:
    if not 0 <= value < 1:
        raise typer.BadParameter("give a share from 0 to below 1.")
    return value


Out = Annotated[
    Path | None, typer.Option(help="Folder for JSON and charts; `bench` in home if not given.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the whole result as JSON.")]
Seed = Annotated[int | None, typer.Option(help="Same seed, same bets; a new one if not given.")]
Warmup = Annotated[
    float, typer.Option(min=1, callback=_positive, help="Seconds at first that do not count.")
]
Seconds = Annotated[float, typer.Option(min=1, callback=_positive, help="Seconds that do.")]
Share = Annotated[
    float, typer.Option(callback=_share, help="Share of the singles on the hot game.")
]
Rates = Annotated[
    str,
    typer.Option(
        "--rates", help="Bets a second, one run each; `auto` searches the highest that holds."
    ),
]
Home = Annotated[
    Path | None,
    typer.Option(
        help="Empty folder for the services' data, which are kept; if not given, one that is "
        "removed in the end."
    ),
]
TrialSeconds = Annotated[
    float, typer.Option(min=1, callback=_positive, help="Seconds of each rate that auto tries.")
]
Patience = Annotated[float, typer.Option(min=0, help="Seconds to wait for the last bets.")]


def speed(more: str = "") -> Any:
    """The option that says how fast games are played. more: what it means to a scenario."""
    return typer.Option(callback=_positive, help=f"Minutes of play in a minute.{more}")
