"""data/build.py on small sources that hold each known irregularity once."""

import csv
import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from betpnl.games import Game, load_games

BUILD = Path(__file__).resolve().parents[2] / "data" / "build.py"

EXCHANGE_HEADER = (
    "EVENT_DATE,PATH,EVENT_ID,MARKET_ID,RUNNER_NAME,RUNNER_STATUS,HOME_TEAM,AWAY_TEAM,HOME_SCORE,"
    "AWAY_SCORE,BEST_BACK_FIRST_BOUNCE,BEST_LAY_FIRST_BOUNCE,MATCHED_VOLUME_FIRST_BOUNCE,"
    "BEST_BACK_PRICE_HALF_TIME,BEST_LAY_PRICE_HALF_TIME,MATCHED_VOLUME_HALF_TIME,"
    "TOTAL_MATCHED_VOLUME"
)


def afl_row(
    event: str, market: str, runner: str, status: str, score: str, prices: str, traded: int = 100
) -> str:
    home, away = "Sydney", "South Melbourne"
    return (
        f"18/03/2021,AFL/{home} v {away},{event},{market},{runner},{status},{home},{away},"
        f"{score},{prices},{traded}"
    )


def nfl_row(**changes: object) -> dict[str, object]:
    quarters = ("1stQtr", "2ndQtr", "3rdQtr", "4thQtr")
    row: dict[str, object] = {
        "season": 2015, "date": 20150913.0, "home_team": "Bears", "away_team": "Packers",
        "home_final": "20", "away_final": "17", "home_close_ml": -150, "away_close_ml": 130,
        "home_close_spread": -3.0, "close_over_under": 44.5,
    }  # fmt: skip
    for side, points in (("home", (7, 3, 7, 3)), ("away", (0, 10, 7, 0))):
        row |= {f"{side}_{q}": str(p) for q, p in zip(quarters, points, strict=True)}
    return row | changes


class Sources:
    """Writes raw sources, runs the build on them, loads what it made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("football_2023_24", "betfair_match_odds", "nfl"):
            (folder / name).mkdir(parents=True)
        self.football([])
        self.nfl([])

    def football(self, matches: list[tuple[str, str, str]]) -> None:
        """Matches as (home, half-time score, full-time score), against 'Away'."""
        header = "event_status,event_time,date,league,division,year,home_team,away_team,"
        for stem in ("England_1_2024", "Spain_1_2024"):
            odds = [header + "provider,home_win,draw,away_win,over_2.5,under_2.5"]
            stats = [header + "home_goals,away_goals"]
            for home, half, full in matches if stem.startswith("England") else []:
                match = f"2023-08-11 19:00:00+00:00,England,1,2024,{home},Away"
                odds.append(f"preplay,0 days,{match},market_average,2.1,3.4,3.6,1.9,1.95")
                odds.append(f"preplay,0 days,{match},market_maximum,2.2,3.5,3.8,1.95,2.0")
                stats.append(f"inplay,0 days 00:45:00,{match},{half}")
                stats.append(f"postplay,0 days,{match},{full}")
            for name, lines in (("odds", odds), ("stats", stats)):
                path = self.folder / "football_2023_24" / f"{stem}_{name}.csv.gz"
                path.write_bytes(gzip.compress("\n".join(lines).encode()))

    def afl(self, rows: list[str]) -> None:
        path = self.folder / "betfair_match_odds" / "AFL_2021_Match_Odds.csv"
        path.write_text("\n".join([EXCHANGE_HEADER, *rows]), encoding="utf-8-sig")

    def nfl(self, rows: list[dict[str, object]]) -> None:
        (self.folder / "nfl" / "nfl_archive_10Y.json").write_text(json.dumps(rows))

    def build(self, target: str = "out") -> tuple[list[Game], str]:
        out = self.folder / target
        command = [sys.executable, str(BUILD), str(self.folder), "--target", str(out)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return load_games(out), done.stdout


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(tmp_path)


def test_football_has_average_prices_and_no_invented_in_play_ones(sources: Sources) -> None:
    sources.football([("Fulham", "1,0", "1,2")])

    (game,), _ = sources.build()

    start, half = game.checkpoints
    assert str(start.prices["match_result"][""]["home"]) == "2.1"
    assert (half.score_home, half.score_away, half.prices) == (1, 0, {})
    assert game.results["match_result", "", "away"].result == "win"
    assert game.results["total_goals", "2.5", "over"].result == "win"


def test_football_match_that_loses_goals_is_dropped_and_counted(sources: Sources) -> None:
    sources.football([("Fulham", "2,0", "1,2"), ("Luton", "0,0", ",")])

    games, said = sources.build()

    assert games == []
    assert "more goals at half time than at full time" in said
    assert "a score is missing" in said


def test_runners_find_their_sides_by_name(sources: Sources) -> None:
    sources.afl([
        afl_row("1", "1", "South Melbourne", "LOSER", "80,70", "2.1,2.2,5,3,3.2,9"),
        afl_row("1", "1", "Sydney", "WINNER", "80,70", "1.8,1.9,5,1.45,1.5,9"),
    ])  # fmt: skip

    (game,), _ = sources.build()

    assert game.results["match_result", "", "home"].result == "win"
    assert str(game.checkpoints[0].prices["match_result"][""]["home"]) == "1.8"
    assert game.final_score == (80, 70)


def test_two_winners_are_a_dead_heat(sources: Sources) -> None:
    sources.afl([
        afl_row("1", "1", "Sydney", "WINNER", "70,70", "1.8,1.9,5,1.9,2,9"),
        afl_row("1", "1", "South Melbourne", "WINNER", "70,70", "2.1,2.2,5,2,2.1,9"),
    ])  # fmt: skip

    (game,), _ = sources.build()

    assert set(game.results.values()) == {("win", (1, 2))}


@pytest.mark.parametrize(
    ("home", "away", "reason"),
    [
        (",1.01,9", "100,240,9", "a runner has no back price"),
        ("1.01,1000,9", "1.01,1000,9", "overround above 1.25"),
        ("780,4.1,9", "1.01,1.02,9", "crossed by more than 5 points"),
        ("4,4.1,9", "4,4.1,9", "overround below 0.98"),
        ("1.8,1.9,5", "2.1,2.2,5", "repeats the one before"),
    ],
)
def test_book_that_is_no_market_is_dropped_with_its_reason(
    sources: Sources, home: str, away: str, reason: str
) -> None:
    sources.afl([
        afl_row("1", "1", "Sydney", "WINNER", "80,70", f"1.8,1.9,5,{home}"),
        afl_row("1", "1", "South Melbourne", "LOSER", "80,70", f"2.1,2.2,5,{away}"),
    ])  # fmt: skip

    (game,), said = sources.build()

    assert [checkpoint.label for checkpoint in game.checkpoints] == ["start"]
    assert reason in said


def test_crossed_book_gives_the_lower_price_and_contradicted_score_none(sources: Sources) -> None:
    sources.afl([
        afl_row("1", "1", "Sydney", "WINNER", "60,70", "1.8,1.9,5,1.62,1.58,9"),
        afl_row("1", "1", "South Melbourne", "LOSER", "60,70", "2.1,2.2,5,2.7,2.6,9"),
    ])  # fmt: skip

    (game,), _ = sources.build()

    assert str(game.checkpoints[1].prices["match_result"][""]["home"]) == "1.58"
    assert game.final_score is None


def test_of_two_markets_of_an_event_the_more_traded_one_stays(sources: Sources) -> None:
    rows = []
    for market, price, traded in (("1", "1.8,1.9,5", 10), ("2", "1.7,1.75,5", 500)):
        rows += [
            afl_row("1", market, "Sydney", "WINNER", "80,70", f"{price},,,", traded),
            afl_row("1", market, "South Melbourne", "LOSER", "80,70", "2.2,2.3,5,,,", traded),
        ]
    sources.afl(rows)

    (game,), said = sources.build()

    assert str(game.checkpoints[0].prices["match_result"][""]["home"]) == "1.7"
    assert "second market of an event dropped" in said


def test_nfl_moneyline_becomes_decimal_and_a_spread_on_the_number_pushes(sources: Sources) -> None:
    sources.nfl([nfl_row()])

    (game,), _ = sources.build()

    prices = game.checkpoints[0].prices
    assert [str(prices["moneyline"][""][s]) for s in ("home", "away")] == ["1.667", "2.3"]
    assert game.results["handicap", "-3", "home"].result == "push"
    assert game.results["total_points", "44.5", "under"].result == "win"
    assert [c.score_home for c in game.checkpoints] == [0, 7, 10, 17]


def test_nfl_swapped_spread_and_total_are_swapped_back(sources: Sources) -> None:
    sources.nfl([nfl_row(home_close_spread=-44.5, close_over_under=3.0)])

    (game,), said = sources.build()

    assert ("handicap", "-3", "home") in game.results
    assert ("total_points", "44.5", "over") in game.results
    assert "swapped back" in said


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"home_team": 0}, "home team missing"),
        ({"home_4thQtr": "9"}, "quarters do not add up"),
        ({"home_1stQtr": "-7"}, "negative points"),
        ({"home_close_ml": -215, "away_close_ml": -215}, "favours both teams"),
    ],
)
def test_nfl_game_that_contradicts_itself_is_dropped_with_its_reason(
    sources: Sources, changes: dict[str, object], reason: str
) -> None:
    sources.nfl([nfl_row(**changes)])

    games, said = sources.build()

    assert games == []
    assert reason in said


def test_same_sources_give_the_same_bytes(sources: Sources) -> None:
    sources.football([("Fulham", "1,0", "1,2")])
    sources.nfl([nfl_row()])

    sources.build("one")
    sources.build("two")

    files = sorted((sources.folder / "one").glob("*.csv.gz"))
    assert len(files) == 4
    for file in files:
        assert file.read_bytes() == (sources.folder / "two" / file.name).read_bytes()


def test_tables_name_their_columns(sources: Sources) -> None:
    sources.nfl([nfl_row()])
    sources.build()

    with gzip.open(sources.folder / "out" / "prices.csv.gz", "rt", newline="") as text:
        header = next(csv.reader(text))

    assert header == ["game_id", "checkpoint", "market", "line", "selection", "odds"]
