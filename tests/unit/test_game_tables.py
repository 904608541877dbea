"""Games of one's own, as CSV or Parquet, and what is said of a table that cannot be."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from betpnl.errors import UserError
from betpnl.game_tables import text_of
from betpnl.games import load_games

Tables = dict[str, list[dict[str, Any]]]


def tables() -> Tables:
    """One game, of the columns that have to be there and no others."""
    return {
        "games": [
            {
                "game_id": "g1",
                "sport": "tennis",
                "starts_at": datetime(2026, 5, 1, 12, tzinfo=UTC),
                "duration_min": 120,
            }
        ],
        "checkpoints": [
            {"game_id": "g1", "checkpoint": "later", "fraction": 0.5, "minute": 60},
            {"game_id": "g1", "checkpoint": "start", "fraction": 0.0, "minute": 0},
        ],
        "prices": [
            {
                "game_id": "g1",
                "checkpoint": "start",
                "market": "moneyline",
                "selection": selection,
                "odds": Decimal("1.90"),
            }
            for selection in ("home", "away")
        ],
        "results": [
            {"game_id": "g1", "market": "moneyline", "selection": selection, "result": result}
            for selection, result in (("home", "win"), ("away", "lose"))
        ],
    }


def as_csv(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as text:
        _csv(text, rows)


def as_gzip(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    with gzip.open(folder / f"{name}.csv.gz", "wt", newline="", encoding="utf-8") as text:
        _csv(text, rows)


def _csv(text: Any, rows: list[dict[str, Any]]) -> None:
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)


def as_parquet(folder: Path, name: str, rows: list[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")


def write(
    folder: Path,
    content: Tables,
    how: Callable[[Path, str, list[dict[str, Any]]], None] = as_csv,
) -> Path:
    for name, rows in content.items():
        how(folder, name, rows)
    return folder


@pytest.mark.parametrize("how", [as_csv, as_gzip, as_parquet])
def test_a_folder_of_ones_own_is_read_in_every_format(
    tmp_path: Path, how: Callable[[Path, str, list[dict[str, Any]]], None]
) -> None:
    (game,) = load_games(write(tmp_path, tables(), how))

    assert game.starts_at == datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert game.final_score is None
    assert game.competition == ""
    assert [each.label for each in game.checkpoints] == ["start", "later"]
    prices = game.checkpoints[0].prices["moneyline"][""]
    assert prices == {"home": Decimal("1.90"), "away": Decimal("1.90")}
    assert game.results["moneyline", "", "home"].result == "win"


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("prices", "odds", "evens", r"prices\.csv, row 1: odds cannot be 'evens'"),
        ("prices", "odds", "1", "odds cannot be '1'"),
        ("prices", "odds", "NaN", "odds cannot be 'NaN'"),
        ("prices", "checkpoint", "half", "checkpoint 'half' of game 'g1', which is not in"),
        ("games", "starts_at", "2026-05-01T12:00", "row 1: starts_at cannot be"),
        ("games", "duration_min", "0", "duration_min cannot be '0'"),
        ("games", "game_id", "g2", "game 'g2' has no checkpoint"),
        ("checkpoints", "fraction", "1.0", "fraction cannot be '1.0'"),
        ("checkpoints", "minute", "", "minute cannot be ''"),
        ("results", "result", "won", "result cannot be 'won'"),
        *(
            ("results", "dead_heat", share, rf"results\.csv, row 1: dead_heat cannot be '{share}'")
            for share in ("1/0", "0/2", "-1/2", "3/2", "half", "1")
        ),
    ],
)
def test_what_cannot_be_is_named_with_its_file_and_row(
    tmp_path: Path, table: str, column: str, value: str, said: str
) -> None:
    content = tables()
    for row in content[table]:
        row.setdefault(column, "")
    content[table][0][column] = value

    with pytest.raises(UserError, match=said):
        load_games(write(tmp_path, content))


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    content = tables()
    for row in content["prices"]:
        del row["odds"]

    with pytest.raises(UserError, match="has no column odds"):
        load_games(write(tmp_path, content))


@pytest.mark.parametrize("name", ["prices.csv.gz", "prices.parquet"])
def test_a_file_that_is_none_of_these_is_named(tmp_path: Path, name: str) -> None:
    write(tmp_path, tables())
    (tmp_path / "prices.csv").unlink()
    (tmp_path / name).write_bytes(b"no table")

    with pytest.raises(UserError, match=rf"{name} cannot be read"):
        load_games(tmp_path)


def test_a_game_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    content = tables()
    content["games"] *= 2

    with pytest.raises(UserError, match="row 2: game 'g1' has no checkpoint, or a second row"):
        load_games(write(tmp_path, content))


def test_whole_numbers_may_stand_in_columns_of_floats(tmp_path: Path) -> None:
    content = tables()
    content["games"][0] |= {"duration_min": 120.0, "home_score": 2.0, "away_score": 0.0}
    second = {**content["games"][0], "game_id": "g2", "home_score": None}
    content["games"].append(second)
    for checkpoint in list(content["checkpoints"]):
        checkpoint |= {"minute": float(checkpoint["minute"]), "score_home": 1.0}
        content["checkpoints"].append({**checkpoint, "game_id": "g2", "score_home": None})
    for row in (*content["prices"], *content["results"]):
        row["line"] = 2.0
    content["prices"][0]["line"], content["results"][0]["line"] = 2.5, 2.5

    one, other = load_games(write(tmp_path, content, as_parquet))

    assert (one.duration_min, one.final_score, other.final_score) == (120, (2, 0), None)
    assert [each.minute for each in one.checkpoints] == [0, 60]
    assert [each.score_home for each in (*one.checkpoints, *other.checkpoints)] == [
        1, 1, None, None,
    ]  # fmt: skip
    assert set(one.checkpoints[0].prices["moneyline"]) == {"2", "2.5"}


@pytest.mark.parametrize("value", [0.5, 45.5])
def test_half_a_minute_is_refused_as_ever(tmp_path: Path, value: float) -> None:
    content = tables()
    content["checkpoints"][0]["minute"] = value

    with pytest.raises(UserError, match=f"minute cannot be '{value}'"):
        load_games(write(tmp_path, content, as_csv))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (2.5, "2.5"),
        (float("inf"), "inf"),
        (1e20, "1" + "0" * 20),
    ],
)
def test_a_double_is_written_as_a_table_would_have_it(value: float, text: str) -> None:
    assert text_of(value) == text


@pytest.mark.parametrize("table", ["checkpoints", "prices", "results"])
def test_a_row_that_is_there_twice_is_refused(tmp_path: Path, table: str) -> None:
    content = tables()
    content[table].append(content[table][0])

    with pytest.raises(UserError, match=rf"{table}\.csv, row 3: is there twice"):
        load_games(write(tmp_path, content))


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    forth, back = tmp_path / "forth", tmp_path / "back"
    for folder, step in ((forth, 1), (back, -1)):
        folder.mkdir()
        write(folder, {name: rows[::step] for name, rows in tables().items()})

    one, other = load_games(forth), load_games(back)

    assert one == other
    # Equal mappings may still differ in their order, and sums with it.
    assert repr(one[0].checkpoints) == repr(other[0].checkpoints)
