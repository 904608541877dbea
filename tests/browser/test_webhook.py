"""A limit that is passed is told to the webhook, as the board shows it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.book import game, play, stake
from tests.browser.visits import Visits
from tests.e2e.world import World
from tests.limit_hook import Hook
from tests.waiting import until

pytestmark = pytest.mark.browser


def test_a_limit_set_on_the_board_is_told_when_it_is_passed_and_when_no_longer(
    world: World, visits: Visits, webhook: Hook
) -> None:
    def told(event: str) -> list[dict[str, object]]:
        return [
            said
            for said in webhook.said
            if said["event"] == event and said["limit"]["game_id"] == "told"
        ]

    play(world, [game("told")], [stake("told-0", "told", 1000)])
    page = visits.open("/limits?game=told")
    page.get_by_role("textbox", name="At most").fill("20")
    page.get_by_role("button", name="Set limit").click()

    until(lambda: bool(told("begin")), lambda: f"the webhook heard {webhook.said}")
    (begin,) = told("begin")
    passed = page.get_by_label("Passed now", exact=True).locator("tr", has_text="told")
    worst = passed.locator("[data-part=worst]")
    expect(worst).to_have_attribute("data-raw", str(begin["worst_value"]))
    (liability,) = world.row("SELECT liability FROM game_board WHERE game_id = 'told'")
    assert Decimal(str(begin["value"])) == liability

    row = page.locator(".limits-table tr", has_text="told")
    row.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    until(lambda: bool(told("end")), lambda: f"the webhook heard {webhook.said}")
