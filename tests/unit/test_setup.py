"""The set-up script: what it says when the machine lacks something."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from betpnl.paths import PROJECT

TOOLS = ("bash", "dirname", "cat", "cksum", "date", "df", "awk", "sed", "head", "rm", "sh")
FILES = ("requirements.lock", "setup.py", "pom.xml", "scripts/setup.sh", "scripts/jars.sh")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what the script reads, and a PATH of hardly anything in bin/."""
    for name in FILES:
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / name, target)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def _tool(folder: Path, name: str, script: str) -> None:
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def _setup(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(folder / "scripts" / "setup.sh")],
        env={"PATH": str(folder / "bin"), "HOME": os.environ.get("HOME", "/")},
        capture_output=True,
        text=True,
        timeout=60,
    )


def _sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    return line


def test_each_missing_tool_is_one_sentence_with_the_fix(folder: Path) -> None:
    assert "apt-get install python3.11" in _sentence(_setup(folder))
    _tool(folder, "python3.11", "exit 0")
    assert "apt-get install openjdk-17-jdk-headless" in _sentence(_setup(folder))
    _tool(folder, "java", """echo 'openjdk version "11.0.2" 2019-01-15' >&2""")
    assert "is version 11; install 17" in _sentence(_setup(folder))
    _tool(folder, "java", """echo 'openjdk version "17.0.15" 2025-04-15' >&2""")
    assert "apt-get install maven" in _sentence(_setup(folder))
    _tool(folder, "mvn", "exit 0")
    (folder / "bin" / "df").unlink()
    _tool(folder, "df", "echo Filesystem; echo '/dev/vda 1 1 1048576 1% /'")
    assert "only 1024 MB are free" in _sentence(_setup(folder))


def test_python_of_another_version_does_not_count(folder: Path) -> None:
    _tool(folder, "python3", "exit 1")
    assert "Python 3.11 is not on the PATH" in _sentence(_setup(folder))


def test_blank_in_the_path_is_refused_before_anything_is_fetched(folder: Path) -> None:
    moved = folder / "a blank"
    shutil.copytree(folder / "scripts", moved / "scripts")
    for name in FILES[:3]:
        shutil.copy(folder / name, moved / name)
    (moved / "bin").symlink_to(folder / "bin")
    assert "do not take a blank" in _sentence(_setup(moved))


def test_nothing_is_done_when_the_stamps_fit() -> None:
    # Where set-up was not done it would be done now, into whatever a link leads to.
    for name in (".venv", ".cache"):
        assert (PROJECT / name).is_dir(), "call `make setup` first"
        assert not (PROJECT / name).is_symlink(), f"{name} is a link: it is another folder's"
    done = subprocess.run(
        [str(PROJECT / "scripts" / "setup.sh")], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
