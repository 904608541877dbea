"""NFL 2011-2021: closing moneyline, spread and total, scores by quarter."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from tables import (
    Key,
    SourceCheckpoint,
    SourceGame,
    Tally,
    canonical_line,
    settle_difference,
    slug,
)

SOURCE = "nfl"
# The source has no price for spread and total; American -110 both ways is the standard one.
STANDARD_PRICE = Decimal("1.909")
OVERROUND_MAX = Decimal("1.25")
SPREAD_MAX, TOTAL_MIN = 28, 28
TEAM_NAMES = {
    "BuffaloBills": "Bills", "KCChiefs": "Chiefs", "Kansas": "Chiefs", "LVRaiders": "Raiders",
    "Oakland": "Raiders", "SanDiego": "Chargers", "St.Louis": "Rams", "LosAngeles": "Rams",
    "NewYork": "Giants", "Tampa": "Buccaneers", "Washingtom": "Commanders",
    "Fortyniners": "49ers",
}  # fmt: skip
QUARTERS = ("1stQtr", "2ndQtr", "3rdQtr", "4thQtr")
Score = tuple[int, int]


def read_nfl(folder: Path, tally: Tally) -> list[SourceGame]:
    """Read the archive; drop games whose scores or moneyline contradict themselves."""
    games: list[SourceGame] = []
    for row in json.loads((folder / "nfl_archive_10Y.json").read_text(encoding="utf-8")):
        if not isinstance(row["home_team"], str) or row["home_team"] == "0":
            tally.add(SOURCE, "game dropped: home team missing (the Super Bowls)")
            continue
        quarters = [(int(row[f"home_{q}"]), int(row[f"away_{q}"])) for q in QUARTERS]
        final = int(row["home_final"]), int(row["away_final"])
        if fault := _score_fault(quarters, final):
            tally.add(SOURCE, f"game dropped: {fault}")
            continue
        home_odds, away_odds = _decimal(row["home_close_ml"]), _decimal(row["away_close_ml"])
        if 1 / home_odds + 1 / away_odds > OVERROUND_MAX:
            tally.add(SOURCE, "game dropped: moneyline favours both teams")
            continue
        games.append(_game(row, quarters, final, home_odds, away_odds, tally))
        tally.add(SOURCE, "game kept")
    return games


def _score_fault(quarters: list[Score], final: Score) -> str:
    if min(min(quarter) for quarter in quarters) < 0:
        return "negative points in a quarter"
    regular = _sum(quarters)
    if regular != final and regular[0] != regular[1]:
        return "quarters do not add up to the final score, without overtime"
    return ""


def _game(
    row: dict[str, Any],
    quarters: list[Score],
    final: Score,
    home_odds: Decimal,
    away_odds: Decimal,
    tally: Tally,
) -> SourceGame:
    home, away = (TEAM_NAMES.get(row[s], row[s]) for s in ("home_team", "away_team"))
    odds: dict[Key, Decimal] = {
        ("moneyline", "", "home"): home_odds, ("moneyline", "", "away"): away_odds,
    }  # fmt: skip
    margin = Decimal(final[0] - final[1])
    settled = {("moneyline", ""): settle_difference(margin, "home", "away")}

    spread, total = Decimal(str(row["home_close_spread"])), Decimal(str(row["close_over_under"]))
    if abs(spread) > SPREAD_MAX and total < TOTAL_MIN:
        # The two columns are swapped in the source; the sign stayed with the spread's column.
        tally.add(SOURCE, "spread and total swapped back")
        spread, total = total.copy_sign(spread), abs(spread)
    if spread and home_odds != away_odds and (spread < 0) != (home_odds < away_odds):
        tally.add(SOURCE, "handicap dropped: it contradicts the moneyline")
    else:
        line = canonical_line(spread)
        odds["handicap", line, "home"] = odds["handicap", line, "away"] = STANDARD_PRICE
        settled["handicap", line] = settle_difference(margin + spread, "home", "away")
    line = canonical_line(total)
    odds["total_points", line, "over"] = odds["total_points", line, "under"] = STANDARD_PRICE
    settled["total_points", line] = settle_difference(Decimal(sum(final)) - total, "over", "under")

    day = str(int(row["date"]))
    date = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    checkpoints = [SourceCheckpoint("start", 0.0, 0, (0, 0), odds)]
    for number, label in enumerate(("quarter_time", "half_time", "three_quarter_time"), start=1):
        score = _sum(quarters[:number])
        checkpoints.append(SourceCheckpoint(label, number / 4, 15 * number, score, {}))
    return SourceGame(
        game_id=f"nfl-{date}-{slug(home)}-{slug(away)}",
        sport="american_football",
        competition="NFL",
        season=str(row["season"]),
        home=home,
        away=away,
        starts_at=f"{date}T18:00Z",
        duration_min=60,
        final=final,
        checkpoints=checkpoints,
        results={
            (market, line, selection): result
            for (market, line), results in settled.items()
            for selection, result in results.items()
        },
    )


def _sum(quarters: list[Score]) -> Score:
    return sum(home for home, _ in quarters), sum(away for _, away in quarters)


def _decimal(american: int) -> Decimal:
    odds = 1 + (Decimal(american) / 100 if american > 0 else Decimal(100) / -american)
    return odds.quantize(Decimal("0.001"))
