"""Curves: their ends are MySQL's figures, and a line is drawn to them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.book import game, play, stake
from tests.browser.visits import Visits
from tests.e2e.world import World
from tests.waiting import until

pytestmark = pytest.mark.browser

NOW = """() => Object.fromEntries([...document.querySelectorAll("[data-now]")].map(
  (figure) => [figure.dataset.now, figure.dataset.raw]))"""
PICTURE = "() => document.querySelector('.curve-chart canvas')?.toDataURL()"
WHERE = {
    "/curves?span=5": "TRUE",
    "/curves?scope=sport&of=darts&span=15": "game_id IN ('curve-a', 'curve-b')",
    "/curves?scope=game&of=curve-a&span=60": "game_id = 'curve-a'",
}
NAMES = ("handle", "expected_pnl", "realised_pnl", "total_pnl")


def _ends_in(page: Page, world: World, condition: str) -> None:
    query = f"SELECT {', '.join(f'SUM({name})' for name in NAMES)} FROM game_pnl WHERE {condition}"

    def same() -> bool:
        shown = page.evaluate(NOW)
        return [Decimal(shown.get(name) or "NaN") for name in NAMES] == list(world.row(query))

    until(same, lambda: f"{page.evaluate(NOW)}, in MySQL {world.row(query)}")


@pytest.mark.parametrize("address", WHERE)
def test_a_curve_ends_at_mysqls_figures_and_moves_with_them(
    world: World, visits: Visits, address: str
) -> None:
    play(
        world,
        [game("curve-a", "darts"), game("curve-b", "darts")],
        [stake("curve-1", "curve-a", 10, "darts"), stake("curve-2", "curve-b", 20, "darts")],
    )
    page = visits.open(address)
    _ends_in(page, world, WHERE[address])
    expect(page.locator(".curve-chart")).to_be_visible()
    until(lambda: page.evaluate(PICTURE) is not None, "nothing is drawn")
    before = page.evaluate(PICTURE)

    (bets,) = world.row("SELECT bets FROM game_board WHERE game_id = 'curve-a'")
    play(world, [], [stake(f"curve-more-{bets}", "curve-a", 500, "darts")])

    _ends_in(page, world, WHERE[address])
    until(lambda: page.evaluate(PICTURE) != before, "the line did not move")
