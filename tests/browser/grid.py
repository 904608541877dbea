"""The grid of games as it is shown in a page."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from playwright.sync_api import Locator, Page

from tests.waiting import until

DASH = "\N{EN DASH}"
"""What stands where there is no figure, and between two teams."""

# What is drawn, from top to bottom; AG Grid places its lines, whatever their order in the page.
_SHOWN = """() => {
  const drawn = (line) => new DOMMatrix(getComputedStyle(line).transform).f || line.offsetTop;
  const lines = [...document.querySelectorAll(".ag-center-cols-container .ag-row")];
  lines.sort((a, b) => drawn(a) - drawn(b));
  return lines.map((line) => [
    line.getAttribute("row-id"),
    Object.fromEntries([...line.querySelectorAll(".ag-cell")].map(
      (cell) => [cell.getAttribute("col-id"), cell.innerText.trim()])),
  ]);
}"""


def shown(page: Page) -> dict[str, dict[str, str]]:
    """The lines that are drawn, in their order: the texts of their cells by column."""
    return dict(page.evaluate(_SHOWN))


def line(page: Page, game_id: str) -> Locator:
    """A game's line."""
    return page.locator(f'.ag-center-cols-container .ag-row[row-id="{game_id}"]')


def cell(page: Page, game_id: str, column: str) -> Locator:
    """One cell."""
    return line(page, game_id).locator(f'[col-id="{column}"]')


def until_only(page: Page, *games: str) -> None:
    """Wait until exactly these are drawn, in this order."""
    until(
        lambda: tuple(shown(page)) == games,
        lambda: f"shown are {tuple(shown(page))} instead of {games}",
    )


def amount(value: Any, *, signed: bool = False) -> str:
    """An amount as somebody in Britain reads it, to the cent."""
    if value is None:
        return DASH
    cents = Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)
    sign = "+" if signed and cents > 0 else "-" if cents < 0 else ""
    return f"{sign}{abs(cents):,}"
