"""Real games with the odds that stood at each moment and how every selection ended.

Read from the tables in data/ (made by data/build.py; data/README.md says from what, and what
each price is). Nothing here is made up: where the sources have no in-play odds, a checkpoint
has a score and no prices, and its markets are suspended.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from betpnl.errors import UserError

DATA_FOLDER = Path(__file__).resolve().parent.parent / "data"

ResultKey = tuple[str, str, str]
"""Market, line ('' where the market has none), selection."""

Prices = Mapping[str, Mapping[str, Mapping[str, Decimal]]]
"""Market -> line -> selection -> decimal odds, > 1. All selections of a market are there."""


class Settlement(NamedTuple):
    """How a selection ended: result is 'win', 'lose' or 'push'.

    dead_heat: (n, d) if the win is shared (a tie on the exchange pays 1/2 on both), else None.
    """

    result: str
    dead_heat: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A moment of a game: its score, if the source has it, and the odds that stood then.

    fraction: of the game played, 0 (the start) to < 1. minute: of play, by the sport's length.
    prices: empty where the source has none, i.e. the markets are suspended.
    """

    label: str
    fraction: float
    minute: int
    score_home: int | None
    score_away: int | None
    prices: Prices

    @property
    def in_play(self) -> bool:
        """Whether the game is under way."""
        return self.fraction > 0


@dataclass(frozen=True, slots=True)
class Game:
    """A finished game.

    sport: football, aussie_rules, rugby_league, basketball, cricket or american_football.
    starts_at: UTC. duration_min: minutes of play. final_score: (home, away), None where the
    source has none that agrees with the settled winner. checkpoints: in order of play, the
    first at the start and always with prices. results: every selection that ever had a price.
    """

    game_id: str
    sport: str
    competition: str
    season: str
    home: str
    away: str
    starts_at: datetime
    duration_min: int
    final_score: tuple[int, int] | None
    checkpoints: tuple[Checkpoint, ...]
    results: Mapping[ResultKey, Settlement]


def load_games(path: Path | None = None) -> list[Game]:
    """All games, in order of start and id; `path` is the folder (default: data/).

    Raises UserError if a table is missing.
    """
    folder = path or DATA_FOLDER
    prices: dict[tuple[str, str], dict[str, dict[str, dict[str, Decimal]]]] = {}
    for row in _rows(folder, "prices"):
        markets = prices.setdefault((row["game_id"], row["checkpoint"]), {})
        lines = markets.setdefault(row["market"], {})
        lines.setdefault(row["line"], {})[row["selection"]] = Decimal(row["odds"])
    checkpoints: dict[str, list[Checkpoint]] = defaultdict(list)
    for row in _rows(folder, "checkpoints"):
        checkpoints[row["game_id"]].append(
            Checkpoint(
                label=row["checkpoint"],
                fraction=float(row["fraction"]),
                minute=int(row["minute"]),
                score_home=int(row["score_home"]) if row["score_home"] else None,
                score_away=int(row["score_away"]) if row["score_away"] else None,
                prices=prices.get((row["game_id"], row["checkpoint"]), {}),
            )
        )
    results: dict[str, dict[ResultKey, Settlement]] = defaultdict(dict)
    for row in _rows(folder, "results"):
        key = row["market"], row["line"], row["selection"]
        results[row["game_id"]][key] = Settlement(row["result"], _fraction(row["dead_heat"]))
    return [
        Game(
            game_id=row["game_id"],
            sport=row["sport"],
            competition=row["competition"],
            season=row["season"],
            home=row["home"],
            away=row["away"],
            starts_at=datetime.fromisoformat(row["starts_at"]),
            duration_min=int(row["duration_min"]),
            final_score=(
                (int(row["home_score"]), int(row["away_score"])) if row["home_score"] else None
            ),
            checkpoints=tuple(checkpoints[row["game_id"]]),
            results=results[row["game_id"]],
        )
        for row in _rows(folder, "games")
    ]


def _fraction(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    numerator, denominator = text.split("/")
    return int(numerator), int(denominator)


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    file = folder / f"{name}.csv.gz"
    try:
        with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
            yield from csv.DictReader(text)
    except FileNotFoundError as error:
        raise UserError(
            f"{file} is missing: restore it, or make it with `python data/build.py SOURCES`."
        ) from error
