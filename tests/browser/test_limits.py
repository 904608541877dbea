"""Limits on the board: set, passed, seen by whoever looks on, changed and deleted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.book import game, play, stake
from tests.browser.visits import Visits
from tests.e2e.world import World
from tests.waiting import until

pytestmark = pytest.mark.browser
NOTE = "<img src=x onerror=alert(1)> {{ 7 * 7 }}"


def _set(page: Page, bound: str, note: str = "") -> None:
    page.locator("[name=bound]").fill(bound)
    page.locator("[name=note]").fill(note)
    page.get_by_role("button", name="Set limit").click()


def _row(page: Page, note: str) -> Locator:
    return page.locator(".limits-table tbody tr", has=page.get_by_text(note, exact=True))


def _passed(page: Page, title: str, note: str) -> Locator:
    return page.get_by_label(title).locator("tbody tr", has=page.get_by_text(note, exact=True))


def test_a_limit_is_set_passed_seen_and_deleted(world: World, visits: Visits) -> None:
    play(world, [game("limited")], [stake("limited-1", "limited", 10)])
    (liability,) = world.row("SELECT liability FROM game_board WHERE game_id = 'limited'")
    elsewhere = visits.open()
    page = visits.open("/limits?game=limited")

    expect(page.locator("[name=game_id]")).to_have_value("limited")
    _set(page, "1.00001", NOTE)
    expect(page.locator(".limits-table [role=alert]")).to_have_text(
        "bound: must have at most 4 decimals."
    )
    _set(page, "20", NOTE)
    value = _row(page, NOTE).locator("[data-part=value]")
    expect(value).to_have_attribute("data-raw", f"{liability:.4f}")
    expect(_row(page, NOTE)).not_to_contain_text("passed")
    assert world.row("SELECT bound, note FROM pnl_limit WHERE note = %s", NOTE) == (20, NOTE)

    play(world, [], [stake("limited-2", "limited", 90)])
    # It goes by itself.
    expect(elsewhere.get_by_text("Limit passed: Liability of game limited")).to_be_visible()
    breach = _passed(page, "Passed now", NOTE)
    expect(breach).to_be_visible()
    expect(_row(page, NOTE)).to_contain_text("passed")
    badge = elsewhere.get_by_role("link", name=re.compile(r"\d limits? passed"))
    expect(badge).to_be_visible()
    badge.click()
    expect(_passed(elsewhere, "Passed now", NOTE)).to_be_visible()
    breach.get_by_role("button", name="I have seen it").click()
    expect(_passed(elsewhere, "Passed now", NOTE)).to_contain_text("this machine")

    _row(page, NOTE).get_by_role("button", name="Change").click()
    page.locator("[name=bound]").fill("1000")
    page.get_by_role("button", name="Save").click()
    past = _passed(page, "Passed before", NOTE).first
    expect(past).to_contain_text("the limit was changed")
    _row(page, NOTE).get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Keep it").click()
    expect(_row(page, NOTE)).to_be_visible()
    _row(page, NOTE).get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(_row(page, NOTE)).to_have_count(0)
    until(
        lambda: world.rows("SELECT 1 FROM pnl_limit WHERE note = %s", NOTE) == [],
        "the limit is not deleted",
    )
    expect(past).to_be_visible()


def test_a_market_is_chosen_from_what_the_game_has(world: World, visits: Visits) -> None:
    play(world, [game("marketed")], [stake("marketed-1", "marketed", 10)])
    page = visits.open("/limits")

    page.locator("[name=scope]").select_option("market")
    page.locator("[name=game_id]").fill("marketed")
    page.locator("[name=market]").select_option("match_result")
    _set(page, "5", "by market")

    expect(_passed(page, "Passed now", "by market")).to_contain_text("match_result")
    _row(page, "by market").get_by_role("button", name="Switch off").click()
    expect(_passed(page, "Passed now", "by market")).to_have_count(0)
    expect(_row(page, "by market").locator("[data-part=value]")).to_have_text("off")
