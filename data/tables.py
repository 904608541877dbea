"""The one shape that every source is brought into, and its deterministic bytes on disk."""

from __future__ import annotations

import csv
import gzip
import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

Key = tuple[str, str, str]  # market, line, selection

GAME_COLUMNS = (
    "game_id", "sport", "competition", "season", "home", "away", "starts_at",
    "duration_min", "home_score", "away_score",
)  # fmt: skip
CHECKPOINT_COLUMNS = ("game_id", "checkpoint", "fraction", "minute", "score_home", "score_away")
PRICE_COLUMNS = ("game_id", "checkpoint", "market", "line", "selection", "odds")
RESULT_COLUMNS = ("game_id", "market", "line", "selection", "result", "dead_heat")


@dataclass
class SourceCheckpoint:
    """A moment of a game: its score, if known, and the odds that stood then."""

    label: str
    fraction: float
    minute: int
    score: tuple[int, int] | None
    odds: dict[Key, Decimal]


@dataclass
class SourceGame:
    """A game as read from a source, ready to be written."""

    game_id: str
    sport: str
    competition: str
    season: str
    home: str
    away: str
    starts_at: str  # ISO 8601, UTC, to the minute
    duration_min: int
    final: tuple[int, int] | None
    checkpoints: list[SourceCheckpoint]
    results: dict[Key, str] = field(default_factory=dict)
    dead_heat: str = ""  # 'n/d' of every winning result, else ''


class Tally:
    """Counts of what was kept, mended and dropped, by source and stated reason."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()

    def add(self, source: str, reason: str, by: int = 1) -> None:
        """Count `by` more cases of `reason` in `source`."""
        self.counts[source, reason] += by

    def lines(self) -> list[str]:
        """The counts as text, one line each, in a fixed order."""
        return [f"{source:9} {count:6}  {reason}"
                for (source, reason), count in sorted(self.counts.items())]  # fmt: skip


def slug(text: str) -> str:
    """Lower-case ASCII words joined by '-', for ids."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower().replace("'", "")).strip("-")


def canonical_line(line: Decimal) -> str:
    """'2.5', '-3', '0': no trailing zeros, no exponent, no negative zero."""
    return format((line + 0).normalize(), "f") if line else "0"


def settle_difference(difference: Decimal, above: str, below: str) -> dict[str, str]:
    """Results of a two-way line: `above` wins when difference > 0, both push at 0."""
    if difference == 0:
        return {above: "push", below: "push"}
    won, lost = (above, below) if difference > 0 else (below, above)
    return {won: "win", lost: "lose"}


def write_games(games: list[SourceGame], folder: Path) -> None:
    """Write the four tables, sorted by start and id, with bytes that depend on content only."""
    games = sorted(games, key=lambda game: (game.starts_at, game.game_id))
    rows: dict[str, list[tuple[object, ...]]] = {
        "games": [], "checkpoints": [], "prices": [], "results": [],
    }  # fmt: skip
    for game in games:
        final: tuple[object, object] = game.final or ("", "")
        rows["games"].append((
            game.game_id, game.sport, game.competition, game.season, game.home, game.away,
            game.starts_at, game.duration_min, *final,
        ))  # fmt: skip
        for at in game.checkpoints:
            score: tuple[object, object] = at.score or ("", "")
            rows["checkpoints"].append((game.game_id, at.label, at.fraction, at.minute, *score))
            for key in sorted(at.odds):
                odds = canonical_line(at.odds[key])
                rows["prices"].append((game.game_id, at.label, *key, odds))
        for key in sorted(game.results):
            result = game.results[key]
            shared = game.dead_heat if result == "win" else ""
            rows["results"].append((game.game_id, *key, result, shared))
    columns = {
        "games": GAME_COLUMNS, "checkpoints": CHECKPOINT_COLUMNS,
        "prices": PRICE_COLUMNS, "results": RESULT_COLUMNS,
    }  # fmt: skip
    for name, header in columns.items():
        _write_table(folder / f"{name}.csv.gz", header, rows[name])


def _write_table(path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    # mtime 0 and no file name in the gzip header: same input, same bytes, on any day
    path.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))
