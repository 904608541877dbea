"""Betfair exchange match odds at the start and at in-play checkpoints, 2020-2026.

The price kept for a runner is the one that a customer could take: the best back price, or the
lay price where the book is crossed (in play the source mixes two instants: cricket above all),
because the lower of the two was on offer either way.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path

from tables import Key, SourceCheckpoint, SourceGame, Tally, slug

SOURCE = "exchange"
OVERROUND_MIN, OVERROUND_MAX = Decimal("0.98"), Decimal("1.25")
CROSSED_MAX = Decimal("0.05")  # in probability; beyond it the two prices tell different stories
# file prefix: id code, name, sport, minutes of play (cricket: two innings of about 90)
COMPETITIONS = {
    "A-League_Womens": ("alw", "A-League Women", "football", 90),
    "A-League": ("alm", "A-League Men", "football", 90),
    "AFLW": ("aflw", "AFL Women", "aussie_rules", 68),
    "AFL": ("afl", "AFL", "aussie_rules", 80),
    "NRL": ("nrl", "NRL", "rugby_league", 80),
    "NBL": ("nbl", "NBL", "basketball", 40),
    "WBBL": ("wbbl", "Women's Big Bash League", "cricket", 180),
    "BBL": ("bbl", "Big Bash League", "cricket", 180),
}
# checkpoint in the column names, without PRICE_ and APPROX_: label, fraction of the game played
CHECKPOINTS = {
    "KICK_OFF": ("start", 0.0), "FIRST_BOUNCE": ("start", 0.0), "FIRST_BALL": ("start", 0.0),
    "QUARTER_TIME": ("quarter_time", 0.25), "HALF_TIME": ("half_time", 0.5),
    "THREE_QUARTER_TIME": ("three_quarter_time", 0.75),
    "FIRST_INN_FOUR_OV": ("innings_1_over_4", 0.1), "FIRST_INN_SIX_OV": ("innings_1_over_6", 0.15),
    "FIRST_INN_TEN_OV": ("innings_1_over_10", 0.25),
    "FIRST_INN_FIFTEEN_OV": ("innings_1_over_15", 0.375),
    "FIRST_INN_CONCLUSION": ("innings_1_end", 0.5),
    "SECOND_INN_FOUR_OV": ("innings_2_over_4", 0.6),
    "SECOND_INN_SIX_OV": ("innings_2_over_6", 0.65),
    "SECOND_INN_TEN_OV": ("innings_2_over_10", 0.75),
    "SECOND_INN_FIFTEEN_OV": ("innings_2_over_15", 0.875),
}  # fmt: skip
# names that the source cut or spelled its own way
TEAM_NAMES = {
    "Illa Dragons": "St George/Illa Dragons", "North Qld Cowboys": "North Queensland Cowboys",
    "Canterbury": "Canterbury Bulldogs",
}  # fmt: skip
Row = dict[str, str]
Book = dict[str, tuple[str, str, str]]  # selection: back, lay, matched volume, as in the file


def read_exchange(folder: Path, tally: Tally) -> list[SourceGame]:
    """Read every season file; an event listed with two markets keeps the one traded more."""
    games: list[SourceGame] = []
    for path in sorted(folder.glob("*_Match_Odds.csv")):
        prefix = next(name for name in COMPETITIONS if path.name.startswith(name))
        season = path.name[len(prefix) :].removesuffix("_Match_Odds.csv").replace("_", " ").strip()
        events: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        with path.open(encoding="utf-8-sig", newline="") as text:
            for row in csv.DictReader(text):
                events[row["EVENT_ID"]][row["MARKET_ID"]].append(row)
        for markets in events.values():
            if len(markets) > 1:
                tally.add(SOURCE, "second market of an event dropped", len(markets) - 1)
            runners = max(markets.values(), key=_traded)
            game = _game(prefix, season, runners, tally)
            if game is not None:
                games.append(game)
                tally.add(SOURCE, "game kept")
    return games


def _game(prefix: str, season: str, runners: list[Row], tally: Tally) -> SourceGame | None:
    code, competition, sport, duration_min = COMPETITIONS[prefix]
    home, away = _teams(runners[0])
    sides = _sides(runners, home, away)
    if sides is None:
        tally.add(SOURCE, "game dropped: runners cannot be matched to the two teams")
        return None
    winners = [side for side, row in sides.items() if row["RUNNER_STATUS"] == "WINNER"]
    losers = [side for side, row in sides.items() if row["RUNNER_STATUS"] == "LOSER"]
    if not winners or len(winners) + len(losers) != len(sides):
        tally.add(SOURCE, "game dropped: no clear result")
        return None
    if len(winners) > 1:
        tally.add(SOURCE, "tie settled as a dead heat")

    starts_at, kick_off_known = _starts_at(runners[0])
    if not kick_off_known:
        tally.add(SOURCE, "start time set to 09:00 UTC: the source has only the date")
    checkpoints = _checkpoints(sides, duration_min, tally)
    if not checkpoints or checkpoints[0].label != "start":
        tally.add(SOURCE, "game dropped: no usable book at the start")
        return None
    final = _final_score(runners[0], winners)
    if final is None:
        tally.add(SOURCE, "final score unknown or at odds with the settled winner")
    return SourceGame(
        game_id=f"{code}-{starts_at[:10]}-{slug(home)}-{slug(away)}",
        sport=sport,
        competition=competition,
        season=season,
        home=home,
        away=away,
        starts_at=starts_at,
        duration_min=duration_min,
        final=final,
        checkpoints=checkpoints,
        results={
            ("match_result", "", side): "win" if side in winners else "lose" for side in sides
        },
        dead_heat=f"1/{len(winners)}" if len(winners) > 1 else "",
    )


def _checkpoints(sides: dict[str, Row], duration_min: int, tally: Tally) -> list[SourceCheckpoint]:
    checkpoints: list[SourceCheckpoint] = []
    before: Book | None = None
    any_row = next(iter(sides.values()))
    volumes = {_bare(name, "MATCHED_VOLUME_"): name for name in any_row if "MATCHED_" in name}
    for column in any_row:
        if not column.startswith("BEST_BACK_"):
            continue
        moment = _bare(column, "BEST_BACK_")
        label, fraction = CHECKPOINTS[moment]
        lay_column = column.replace("BEST_BACK_", "BEST_LAY_")
        book: Book = {
            side: (row[column], row[lay_column], row[volumes[moment]])
            for side, row in sides.items()
        }
        if not any(back or lay for back, lay, _ in book.values()):
            tally.add(SOURCE, "book missing: the file has no price at this checkpoint")
            continue
        if book == before:
            tally.add(SOURCE, "book dropped: repeats the one before in price and volume")
            continue
        before = book
        odds, fault = _prices(book)
        if fault:
            tally.add(SOURCE, f"book dropped: {fault}")
            continue
        tally.add(SOURCE, "book kept")
        score = (0, 0) if label == "start" else None
        minute = round(fraction * duration_min)
        checkpoints.append(SourceCheckpoint(label, fraction, minute, score, odds))
    return checkpoints


def _prices(book: Book) -> tuple[dict[Key, Decimal], str]:
    odds: dict[Key, Decimal] = {}
    for side, (back_text, lay_text, _) in book.items():
        if not back_text:
            return {}, "a runner has no back price"
        back, lay = Decimal(back_text), Decimal(lay_text or "1000")
        if back > lay and 1 / lay - 1 / back > CROSSED_MAX:
            return {}, "crossed by more than 5 points of probability"
        odds["match_result", "", side] = min(back, lay)
    if min(odds.values()) <= 1:
        return {}, "a price is not above 1"
    overround = sum(1 / price for price in odds.values())
    if overround > OVERROUND_MAX:
        return {}, "too wide to be a market (overround above 1.25)"
    if overround < OVERROUND_MIN:
        return {}, "prices of different instants (overround below 0.98)"
    return odds, ""


def _bare(column: str, prefix: str) -> str:
    return column.removeprefix(prefix).removeprefix("PRICE_").removeprefix("APPROX_")


def _teams(row: Row) -> tuple[str, str]:
    home, away = row["HOME_TEAM"], row["AWAY_TEAM"]
    if not home or not away:
        part = next(part for part in re.split(r" ?/ ?", row["PATH"]) if " v " in part)
        home, away = part.split(" v ", 1)
    away = away.removeprefix("v ")
    return _team(home), _team(away)


def _team(name: str) -> str:
    name = re.sub(r"^(Twenty20 Big Bash|WBBL)/", "", name.strip())
    name = re.sub(r" (\(W\)|WBBL)$", "", name).strip()
    name = TEAM_NAMES.get(name, name)
    return name.title() if name.islower() else name


def _sides(runners: list[Row], home: str, away: str) -> dict[str, Row] | None:
    """Which runner is home, away (and draw): the better of the two ways to pair the names."""
    draws = [row for row in runners if row["RUNNER_NAME"] == "The Draw"]
    teams = [row for row in runners if row["RUNNER_NAME"] != "The Draw"]
    if len(teams) != 2 or len(draws) > 1:
        return None
    first, second = (_team(row["RUNNER_NAME"]) for row in teams)
    straight = _likeness(first, home) + _likeness(second, away)
    swapped = _likeness(first, away) + _likeness(second, home)
    if abs(straight - swapped) < 0.1:
        return None
    if swapped > straight:
        teams.reverse()
    sides = {"home": teams[0], "away": teams[1]}
    return sides | {"draw": draws[0]} if draws else sides


def _likeness(runner: str, team: str) -> float:
    # 'Sydney' is the Roosters, not South Sydney: names agree from their start
    shared = 0.5 if team.lower().startswith(runner.lower()) else 0.0
    return shared + SequenceMatcher(None, runner.lower(), team.lower()).ratio()


def _final_score(row: Row, winners: list[str]) -> tuple[int, int] | None:
    """None if missing, not whole (some are derived from a wrong margin), or contradicted."""
    texts = row.get("HOME_SCORE", ""), row.get("AWAY_SCORE", "")
    if not all(re.fullmatch(r"\d+", text) for text in texts):
        return None
    home, away = int(texts[0]), int(texts[1])
    level = len(winners) > 1 or winners == ["draw"]
    expected = home == away if level else winners == ["home" if home > away else "away"]
    return (home, away) if expected else None


def _starts_at(row: Row) -> tuple[str, bool]:
    """Start in UTC and whether it is more than a date: half time is about 50 minutes in."""
    text = row["EVENT_DATE"]
    day = (
        datetime.strptime(text, "%d/%m/%Y")
        if "/" in text
        else datetime.strptime(text[:10], "%Y-%m-%d")
    ).replace(tzinfo=UTC)
    half_time = row.get("HALF_TIME", "")[:19].replace(" ", "T")
    if half_time:
        kick_off = datetime.fromisoformat(half_time).replace(tzinfo=UTC) - timedelta(minutes=50)
        if kick_off.date() == day.date():
            kick_off -= timedelta(minutes=kick_off.minute % 5)
            return kick_off.strftime("%Y-%m-%dT%H:%MZ"), True
    return day.strftime("%Y-%m-%dT09:00Z"), False


def _traded(runners: list[Row]) -> float:
    return sum(float(row["TOTAL_MATCHED_VOLUME"] or 0) for row in runners)
