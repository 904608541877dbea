"""What holds for every test."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import settings

from tests.cost import budget

# No test asserts a time: a machine may be busy with something else.
settings.register_profile("betpnl", deadline=None)
settings.load_profile("betpnl")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The one option of our own."""
    parser.addoption(
        "--update-cost",
        action="store_true",
        help="write what a bet costs now into tests/cost/budget.toml and docs/performance.md",
    )


@pytest.fixture(scope="session")
def within_budget(
    request: pytest.FixtureRequest,
) -> Callable[[str, Mapping[str, float]], None]:
    """Holds a section of the budget against what was counted, or writes it anew."""

    def check(section: str, found: Mapping[str, float]) -> None:
        text = budget.FILE.read_text("utf-8")
        if request.config.getoption("update_cost"):
            text = budget.updated(text, section, found)
            budget.FILE.write_text(text, "utf-8")
            doc = budget.with_table(budget.DOC.read_text("utf-8"), budget.read(text))
            budget.DOC.write_text(doc, "utf-8")
            return
        said = budget.complaints(section, budget.read(text).get(section, {}), found)
        if said:
            pytest.fail(
                "\n  ".join(["what a bet costs has changed:", *said])
                + f"\nIf that is meant: {budget.UPDATE}",
                pytrace=False,
            )

    return check
