"""What goes to Flink's own programs."""

import os
import zipfile
from pathlib import Path

import pytest

from betpnl.stack import flink_client, flink_rest


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("SELECT 1", "SELECT 1\n;\n"),
        ("SELECT 1; SELECT 2;", "SELECT 1;\n SELECT 2\n;\n"),
        ("SELECT ';' AS `a;b`; SHOW TABLES", "SELECT ';' AS `a;b`;\n SHOW TABLES\n;\n"),
        ("SELECT 'it''s;' -- not; here\n", "SELECT 'it''s;' -- not; here\n;\n"),
    ],
)
def test_statements_are_split_at_their_ends_only(given: str, expected: str) -> None:
    assert flink_client.one_a_line(given) == expected


def test_packed_code_is_importable_code_only(tmp_path: Path) -> None:
    with zipfile.ZipFile(flink_client.packed(tmp_path / "code.zip")) as archive:
        names = archive.namelist()
    assert "betpnl/__init__.py" in names
    assert all(name.endswith(".py") for name in names)


def test_newest_checkpoint_is_the_one_completed_last(tmp_path: Path) -> None:
    assert flink_rest.newest_checkpoint(tmp_path) is None
    for age, name in enumerate(("b/chk-9", "a/chk-10", "c/chk-1")):
        folder = tmp_path / "checkpoints" / name
        folder.mkdir(parents=True)
        (folder / "_metadata").touch()
        os.utime(folder / "_metadata", (1000 - age, 1000 - age))
    (tmp_path / "checkpoints" / "d" / "chk-99").mkdir(parents=True)
    assert flink_rest.newest_checkpoint(tmp_path) == tmp_path / "checkpoints" / "b" / "chk-9"
