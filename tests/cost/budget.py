"""The budget: what each figure was when somebody last looked, and how far from it one may be."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from betpnl.paths import PROJECT

FILE = Path(__file__).with_name("budget.toml")
DOC = PROJECT / "docs" / "performance.md"
UPDATE = (
    ".venv/bin/pytest tests/unit/test_cost.py tests/sql/test_cost.py tests/e2e/test_cost.py "
    "--update-cost"
)
_DECIMALS = 4
_TABLE = re.compile(r"(?<=<!-- budget -->\n).*?(?=<!-- end of budget -->)", re.DOTALL)


@dataclass(frozen=True)
class Figure:
    """One figure of the budget.

    slack_percent: how far the same bets may be from the value, for what the figure's measure cannot
    tell exactly; 0 for a count. why: what grows with it, or what it would mean if it grew.
    """

    value: float
    slack_percent: float
    why: str

    @property
    def most(self) -> float:
        """More than this is too much."""
        return self.value * (1 + self.slack_percent / 100)

    @property
    def least(self) -> float:
        """Less than this is so good that the value has to follow, or it could come back unseen."""
        return self.value * (1 - self.slack_percent / 100)


Budget = dict[str, dict[str, Figure]]
"""Figures by section and name."""


def read(text: str) -> Budget:
    """The budget as its file has it."""
    return {
        section: {name: Figure(**fields) for name, fields in figures.items()}
        for section, figures in tomllib.loads(text).items()
    }


def rounded(value: float) -> float:
    """A figure as it stands in the file: what is counted over 2,000 bets is exact in it."""
    return round(value, _DECIMALS)


def complaints(section: str, budget: Mapping[str, Figure], found: Mapping[str, float]) -> list[str]:
    """What is not as the budget has it, a line each."""
    said = []
    for name in sorted(budget.keys() | found.keys()):
        figure, value = budget.get(name), found.get(name)
        if figure is None:
            said.append(f"{section}.{name} is {_text(value)}, and not in the budget")
        elif value is None:
            said.append(f"{section}.{name} is in the budget, and was not found")
        elif rounded(value) > rounded(figure.most):
            said.append(
                f"{section}.{name} grew from {_text(figure.value)} to {_text(value)}"
                f" (at most {_text(figure.most)}): {figure.why}"
            )
        elif rounded(value) < rounded(figure.least):
            said.append(
                f"{section}.{name} fell from {_text(figure.value)} to {_text(value)}:"
                " lower it in the budget, or it may come back unseen"
            )
    return said


def updated(text: str, section: str, found: Mapping[str, float]) -> str:
    """The file's text with what was found; what is new in it still needs its reason.

    A figure that is within its slack stays, and all keep their order, so that an update changes
    only what is meant.
    """
    budget = read(text)
    figures = budget.setdefault(section, {})
    after = {}
    order = [name for name in figures if name in found]
    for name in [*order, *(name for name in found if name not in figures)]:
        value, old = found[name], figures.get(name)
        if old is None:
            after[name] = Figure(rounded(value), 0, "")
        elif complaints(section, {name: old}, {name: value}):
            after[name] = replace(old, value=rounded(value))
        else:
            after[name] = old
    return _written({**budget, section: after}, _comments(text))


def table(budget: Budget) -> str:
    """The budget as the docs show it."""
    rows = [
        f"| `{section}.{name}` | {_text(figure.value)} |"
        f" {f'{figure.slack_percent:g} %' if figure.slack_percent else 'exact'} | {figure.why} |"
        for section, figures in budget.items()
        for name, figure in figures.items()
    ]
    return "\n".join(["| figure | value | slack | why |", "|---|---|---|---|", *rows, ""])


def with_table(doc: str, budget: Budget) -> str:
    """The docs with the table of this budget."""
    # By a function, as a text would have its backslashes read.
    return _TABLE.sub(lambda _: table(budget), doc)


def _comments(text: str) -> Sequence[str]:
    """What is said above the first section."""
    return text.partition("\n[")[0].rstrip().splitlines()


def _written(budget: Budget, head: Sequence[str]) -> str:
    blocks = ["\n".join(head)]
    for section, figures in budget.items():
        for name, figure in figures.items():
            why = figure.why.replace("\\", "\\\\").replace('"', '\\"')
            blocks.append(
                f"[{section}.{name}]\n"
                f"value = {_plain(figure.value)}\n"
                f"slack_percent = {_plain(figure.slack_percent)}\n"
                f'why = "{why}"'
            )
    return "\n\n".join(blocks) + "\n"


def _plain(value: float) -> str:
    return str(int(value)) if math.isclose(value, int(value), abs_tol=1e-9) else repr(value)


def _text(value: float | None) -> str:
    return "nothing" if value is None else f"{rounded(value):,.4f}".rstrip("0").rstrip(".")
