"""Premier League and La Liga 2023-24: market average odds before kick-off, two scores."""

from __future__ import annotations

import csv
import gzip
from decimal import Decimal
from pathlib import Path

from tables import Key, SourceCheckpoint, SourceGame, Tally, settle_difference, slug

SOURCE = "football"
LEAGUES = {"England_1_2024": ("epl", "Premier League"), "Spain_1_2024": ("laliga", "La Liga")}
ODDS_KEYS: dict[str, Key] = {
    "home_win": ("match_result", "", "home"),
    "draw": ("match_result", "", "draw"),
    "away_win": ("match_result", "", "away"),
    "over_2.5": ("total_goals", "2.5", "over"),
    "under_2.5": ("total_goals", "2.5", "under"),
}

Match = tuple[str, str, str]  # kick-off, home, away


def read_football(folder: Path, tally: Tally) -> list[SourceGame]:
    """Read both leagues. A match without both scores, or without usable odds, is dropped."""
    games: list[SourceGame] = []
    for stem, (code, competition) in LEAGUES.items():
        odds = {
            _match(row): row
            for row in _rows(folder / f"{stem}_odds.csv.gz")
            if row["provider"] == "market_average"
        }
        scores: dict[tuple[Match, str], tuple[int, int]] = {}
        for row in _rows(folder / f"{stem}_stats.csv.gz"):
            if row["home_goals"] and row["away_goals"]:
                goals = int(float(row["home_goals"])), int(float(row["away_goals"]))
                scores[_match(row), row["event_status"]] = goals
        for match, row in odds.items():
            half, final = scores.get((match, "inplay")), scores.get((match, "postplay"))
            if half is None or final is None:
                tally.add(SOURCE, "match dropped: a score is missing")
                continue
            if half[0] > final[0] or half[1] > final[1]:
                tally.add(SOURCE, "match dropped: more goals at half time than at full time")
                continue
            prices = {key: Decimal(row[name]) for name, key in ODDS_KEYS.items() if row[name]}
            if len(prices) < len(ODDS_KEYS) or min(prices.values()) <= 1:
                tally.add(SOURCE, "match dropped: a price is missing or not above 1")
                continue
            games.append(_game(code, competition, match, prices, half, final))
            tally.add(SOURCE, "match kept")
    return games


def _game(
    code: str,
    competition: str,
    match: Match,
    prices: dict[Key, Decimal],
    half: tuple[int, int],
    final: tuple[int, int],
) -> SourceGame:
    kick_off, home, away = match
    results: dict[Key, str] = {}
    won = "home" if final[0] > final[1] else "away" if final[0] < final[1] else "draw"
    for selection in ("home", "draw", "away"):
        results["match_result", "", selection] = "win" if selection == won else "lose"
    over = settle_difference(Decimal(sum(final)) - Decimal("2.5"), "over", "under")
    for selection, result in over.items():
        results["total_goals", "2.5", selection] = result
    return SourceGame(
        game_id=f"{code}-{kick_off[:10]}-{slug(home)}-{slug(away)}",
        sport="football",
        competition=competition,
        season="2023-24",
        home=home,
        away=away,
        starts_at=f"{kick_off[:10]}T{kick_off[11:16]}Z",
        duration_min=90,
        final=final,
        checkpoints=[
            SourceCheckpoint("start", 0.0, 0, (0, 0), prices),
            # The source has no in-play odds: the markets stand suspended, no price is made up.
            SourceCheckpoint("half_time", 0.5, 45, half, {}),
        ],
        results=results,
    )


def _match(row: dict[str, str]) -> Match:
    return row["date"], row["home_team"], row["away_team"]


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))
