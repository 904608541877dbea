"""Real games with the odds that stood at each moment and how every selection ended.

Read from the tables in data/ (made by data/build.py; data/README.md says from what, and what
each price is). Nothing here is made up: where the sources have no in-play odds, a checkpoint
has a score and no prices, and its markets are suspended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from betpnl.errors import UserError
from betpnl.game_tables import Folder, GameTables
from betpnl.pnl import Outcome

DATA_FOLDER = Path(__file__).resolve().parent.parent / "data"

ResultKey = tuple[str, str, str]
"""Market, line ('' where the market has none), selection."""

Prices = Mapping[str, Mapping[str, Mapping[str, Decimal]]]
"""Market -> line -> selection -> decimal odds, > 1. All selections of a market are there."""


class Settlement(NamedTuple):
    """How a selection ended: result is one of the contract's; 'win', 'lose' or 'push' in data/.

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


def load_games(source: Path | GameTables | None = None) -> list[Game]:
    """All games, in order of start and id. source: a folder, or tables (default: data/).

    The tables are those of data/README.md; the order of their rows does not matter. Raises
    UserError if one is missing, or holds what cannot be.
    """
    if source is None or isinstance(source, Path):
        source = Folder(source or DATA_FOLDER)
    checkpoints = _checkpoints(source, _offered(source))
    results = _results(source)
    games = []
    for row in source.rows("games"):
        game_id = row.text("game_id")
        home, away = (row.if_any(column, int) for column in ("home_score", "away_score"))
        if game_id not in checkpoints:
            raise row.fault(f"game {game_id!r} has no checkpoint, or a second row")
        games.append(
            Game(
                game_id=game_id,
                sport=row.text("sport"),
                competition=row.text("competition"),
                season=row.text("season"),
                home=row.text("home"),
                away=row.text("away"),
                starts_at=row.read("starts_at", _time),
                duration_min=row.read("duration_min", _minutes),
                final_score=None if home is None or away is None else (home, away),
                checkpoints=tuple(sorted(checkpoints.pop(game_id), key=_place)),
                results=results[game_id],
            )
        )
    return sorted(games, key=lambda game: (game.starts_at, game.game_id))


_Offered = dict[tuple[str, str], dict[str, dict[str, dict[str, Decimal]]]]


def _offered(tables: GameTables) -> _Offered:
    """Prices by game and checkpoint."""
    prices: _Offered = {}
    for row in tables.rows("prices"):
        markets = prices.setdefault((row.text("game_id"), row.text("checkpoint")), {})
        lines = markets.setdefault(row.text("market"), {})
        selections = lines.setdefault(row.text("line"), {})
        if row.text("selection") in selections:
            raise row.fault("is there twice")
        selections[row.text("selection")] = row.read("odds", _odds)
    return {
        key: {
            market: {line: dict(sorted(prices.items())) for line, prices in sorted(lines.items())}
            for market, lines in sorted(markets.items())
        }
        for key, markets in prices.items()
    }


def _checkpoints(tables: GameTables, prices: _Offered) -> dict[str, list[Checkpoint]]:
    """Checkpoints by game, with their prices, each of which has to find one."""
    found: dict[str, list[Checkpoint]] = defaultdict(list)
    left, known = set(prices), set()
    for row in tables.rows("checkpoints"):
        key = row.text("game_id"), row.text("checkpoint")
        if key in known:
            raise row.fault("is there twice")
        known.add(key)
        left.discard(key)
        found[key[0]].append(
            Checkpoint(
                label=key[1],
                fraction=row.read("fraction", _share),
                minute=row.read("minute", int),
                score_home=row.if_any("score_home", int),
                score_away=row.if_any("score_away", int),
                prices=prices.get(key, {}),
            )
        )
    if left:
        game_id, label = min(left)
        raise UserError(
            f"{tables}: prices has checkpoint {label!r} of game {game_id!r}, which is not in "
            f"checkpoints ({len(left)} such)."
        )
    return found


def _results(tables: GameTables) -> dict[str, dict[ResultKey, Settlement]]:
    found: dict[str, dict[ResultKey, Settlement]] = defaultdict(dict)
    for row in tables.rows("results"):
        key = row.text("market"), row.text("line"), row.text("selection")
        ends = found[row.text("game_id")]
        if key in ends:
            raise row.fault("is there twice")
        ends[key] = Settlement(row.read("result", _result), row.if_any("dead_heat", _fraction))
    return found


def _place(checkpoint: Checkpoint) -> tuple[float, str]:
    """Where it stands in its game."""
    return checkpoint.fraction, checkpoint.label


def _fraction(text: str) -> tuple[int, int]:
    winners, tied = map(int, text.split("/"))
    if not 1 <= winners <= tied:
        raise ValueError
    return winners, tied


def _result(text: str) -> str:
    return Outcome(text).value


def _odds(text: str) -> Decimal:
    odds = Decimal(text)
    if not (odds.is_finite() and odds > 1):
        raise ValueError
    return odds


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share < 1:
        raise ValueError
    return share


def _minutes(text: str) -> int:
    minutes = int(text)
    if minutes <= 0:
        raise ValueError
    return minutes


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError
    return time.astimezone(UTC)
