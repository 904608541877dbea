"""`betpnl train` from a folder to the model's three files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from betpnl import cli
from betpnl.model.outcome import OutcomeModel
from tests.unit.test_game_tables import Tables, as_parquet, tables, write


def season(games: int) -> Tables:
    """So many games of one's own, a day each."""
    content: Tables = {name: [] for name in ("games", "checkpoints", "prices", "results")}
    for number in range(games):
        for name, rows in tables().items():
            for row in rows:
                content[name].append({**row, "game_id": f"g{number}"})
        start = content["games"][-1]
        start["starts_at"] = start["starts_at"].replace(year=2020 + number % 5, day=1 + number % 28)
    return content


def run(*arguments: str) -> str:
    found = CliRunner().invoke(cli.app, ["train", *arguments], catch_exceptions=False)
    assert found.exit_code == 0
    return found.output


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("games")
    write(folder, season(150), as_parquet)
    said = run(
        "--data", str(folder), "--out", str(folder / "a"), "--release", "own", "--draws", "5"
    )
    return folder, said


def test_games_of_ones_own_become_a_model_with_its_card(trained: tuple[Path, str]) -> None:
    folder, said = trained
    model = OutcomeModel(folder / "a" / "outcome.onnx")
    record = json.loads((folder / "a" / "outcome.json").read_text())

    assert model.version.startswith("logit-own-")
    assert model.version == record["model_version"]
    assert list(model.recipe.sports.items()) == [("tennis", 120.0)]
    card = (folder / "a" / "CARD.md").read_text()
    assert f"`{model.version}`" in card
    # Of the games in data/ it knows nothing.
    assert "A-League" not in card
    assert "Markets at a checkpoint: 150 used, none left out." in said
    assert model.version in said
    assert sorted(path.name for path in (folder / "a").iterdir()) == [
        "CARD.md", "outcome.json", "outcome.onnx",
    ]  # fmt: skip


def test_the_same_games_give_the_same_files(trained: tuple[Path, str]) -> None:
    folder, _ = trained

    run("--data", str(folder), "--out", str(folder / "b"), "--release", "own", "--draws", "5")

    for name in ("CARD.md", "outcome.json", "outcome.onnx"):
        assert (folder / "a" / name).read_bytes() == (folder / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("games", "said"),
    [(99, "Only 99 games have prices and results"), (0, "prices.csv.gz is missing")],
)
def test_games_that_do_not_do_end_in_one_sentence(
    tmp_path: Path,
    games: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if games:
        write(tmp_path, season(games))
    monkeypatch.setattr("sys.argv", ["betpnl", "train", "--data", str(tmp_path)])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_help_names_the_tables() -> None:
    shown = CliRunner().invoke(cli.app, ["train", "--help"], env={"COLUMNS": "300"}).output

    assert "games, checkpoints, prices and results" in shown
