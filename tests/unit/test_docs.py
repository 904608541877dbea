"""The docs keep their word: links lead somewhere, commands exist, the example is a valid bet."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from betpnl.cli import COMMANDS, app
from betpnl.contract.checks import Rules
from betpnl.contract.reading import Reader
from betpnl.contract.topics import BETS
from betpnl.paths import PROJECT

DOCS = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
NAMES = [path.name for path in DOCS]


def _anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("path", DOCS, ids=NAMES)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    broken = []
    for link in links:
        if re.match(r"https?:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("path", DOCS, ids=NAMES)
def test_commands_and_their_options_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    known = {entry.name for entry in COMMANDS}
    called = re.findall(
        r"(?:^ +|`|bin/|\$ )betpnl ([a-z]+)((?: --?[a-z][a-z-]*)*)", text, re.MULTILINE
    )
    unknown = {command for command, _ in called} - known
    assert unknown == set()

    for command, options in called:
        if options:
            shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "300"}).output
            assert all(option in shown for option in options.split()), f"{command}{options}"


def test_every_command_is_somewhere_in_the_docs() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCS)

    assert [entry.name for entry in COMMANDS if f"betpnl {entry.name}" not in text] == []


def test_the_example_of_the_quickstart_is_a_bet_that_counts() -> None:
    text = (PROJECT / "docs" / "quickstart.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    arrived = datetime(2026, 1, 5, 18, 30, 1, tzinfo=UTC)
    rules = Rules(base_currency="EUR", bet_horizon_ms=86_400_000, accepted_ahead_ms=0)

    bet = Reader(BETS, rules).read(example.encode(), int(arrived.timestamp() * 1000))

    assert bet.status == "accepted"
