"""What people are used to: dark and light, a phone, a keyboard, numbers as they write them."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.book import game, play, stake
from tests.browser.grid import cell, line, until_only
from tests.browser.visits import PHONE, Visits
from tests.e2e.world import World, result

pytestmark = pytest.mark.browser

# What shows that a page has all that it is going to have.
SEEN = {
    "/": '.ag-row[row-id="habit"]',
    "/curves?scope=game&of=habit": "[data-now=handle][data-raw]",
    "/breakdown?by=market": "tr[data-value]",
    "/game/habit": '[data-bet="habit-1"]',
    "/bet/habit-1": "[data-version]",
    "/limits?game=habit": ".limits-form [name=bound]",
}
WCAG_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(autouse=True)
def book(world: World) -> None:
    """A game with a profit and one with a loss: both colours are seen."""
    play(
        world,
        [game("habit"), game("habit-won")],
        [stake("habit-1", "habit", 1000), stake("habit-2", "habit-won", 1000)],
    )
    world.send("results", result("habit-won", "lose"))


def _problems(page: Page) -> str:
    found = Axe().run(page, options={"runOnly": WCAG_AA, "resultTypes": ["violations"]})
    return "" if found.violations_count == 0 else str(found.generate_report())


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", SEEN)
def test_page_meets_wcag_aa(visits: Visits, path: str, dark: bool) -> None:
    page = visits.open(path, dark=dark)
    expect(page.locator("[data-top=handle] dd")).to_have_text(re.compile(r"\d"))
    expect(page.locator(SEEN[path]).first).to_be_visible()

    assert not _problems(page)


@pytest.mark.parametrize("path", SEEN)
def test_page_fits_a_phone(visits: Visits, path: str) -> None:
    page = visits.open(path, size=PHONE)
    expect(page.locator("[data-top=handle] dd")).to_have_text(re.compile(r"\d"))
    expect(page.locator(SEEN[path]).first).to_be_visible()

    width = page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= PHONE[0], f"the page is {width} px wide"


def test_theme_is_the_systems_until_another_is_chosen_and_then_kept(visits: Visits) -> None:
    page = visits.open("/", dark=True)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)

    page.get_by_role("button", name="Light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert page.evaluate(background) != dark
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_numbers_are_in_the_users_format(world: World, visits: Visits) -> None:
    play(world, [game("format")], [stake("format-1", "format", 1234567.5)])
    page = visits.open("/?q=format", locale="de-DE")
    expect(cell(page, "format", "handle")).to_have_text("1.234.567,50")

    page.get_by_label("Numbers").select_option("en-IN")
    expect(cell(page, "format", "handle")).to_have_text("12,34,567.50")


def test_everything_is_done_by_keyboard(world: World, visits: Visits) -> None:
    play(world, [game("keys")], [stake("keys-1", "keys", 10)])
    page = visits.open("/")
    expect(line(page, "habit")).to_be_visible()

    page.keyboard.press("/")
    page.keyboard.type("keys")
    until_only(page, "keys")
    focused = []
    # From control to control into the grid: each shows where one is.
    for _ in range(12):
        page.keyboard.press("Tab")
        focused.append(page.evaluate("document.activeElement.innerText"))
        seen = page.evaluate(
            """() => {
              const at = document.activeElement;
              const style = getComputedStyle(at);
              return at.matches(":focus-visible") && (style.outlineStyle !== "none"
                || style.boxShadow !== "none" || at.closest(".ag-root") !== null);
            }"""
        )
        assert seen, f"focus is not seen on {focused[-1]!r}"
        if page.evaluate("document.activeElement.closest('.ag-header') !== null"):
            break
    assert {"Columns", "CSV", "Parquet"} <= set(focused)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/game/keys")


def test_help_is_opened_and_closed_by_keyboard(page: Page) -> None:
    expect(page.locator("[data-top=handle] dd")).to_have_text(re.compile(r"\d"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_role("dialog")).to_contain_text("betpnl sql")

    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()
