"""A part is away: the board says which, and goes on by itself when it is back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from betpnl import stack
from tests.browser.board_process import BoardProcess
from tests.browser.book import game, play, stake
from tests.browser.grid import cell
from tests.browser.visits import Visits
from tests.e2e.world import World, betpnl

pytestmark = pytest.mark.browser

PATIENCE_MS = 120_000
WELL = re.compile("ok|quiet")
ASKING = "Asking"
"""What a page says that has heard nothing yet."""


def _verdict(page: Page) -> Locator:
    return page.locator(".verdict")


def _bring_back(world: World) -> None:
    done = betpnl(world.settings, "up")
    assert done.returncode == 0, done.stderr


def _moves(world: World, page: Page, game_id: str) -> None:
    """A bet that comes now is seen in the page as it stands."""
    (bets,) = world.row("SELECT bets FROM game_board WHERE game_id = %s", game_id)
    play(world, [], [stake(f"{game_id}-{bets}", game_id, 10)])
    expect(cell(page, game_id, "bets")).to_have_text(str(bets + 1), timeout=PATIENCE_MS)


def test_a_page_that_never_hears_of_the_server_says_so(world: World, visits: Visits) -> None:
    play(world, [game("silent")], [stake("silent-0", "silent", 10)])
    page = visits.open("/?q=silent")
    # As by a proxy that takes the connection and passes nothing on.
    page.route_web_socket(re.compile("/live"), lambda _: None)
    page.reload()

    expect(_verdict(page)).to_contain_text(ASKING)
    expect(_verdict(page)).to_have_class(re.compile("down"))
    expect(_verdict(page)).to_contain_text("does not answer")


def test_the_board_is_killed_and_started_again(
    world: World, board: BoardProcess, visits: Visits
) -> None:
    visits.allow("ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket")
    play(world, [game("restart")], [stake("restart-0", "restart", 10)])
    page = visits.open("/?q=restart")
    expect(_verdict(page)).not_to_contain_text(ASKING)
    expect(_verdict(page)).to_have_class(WELL)

    board.kill()
    expect(_verdict(page)).to_have_class(re.compile("down"))
    expect(_verdict(page)).to_contain_text("does not answer")
    board.start()

    expect(_verdict(page)).to_have_class(WELL, timeout=PATIENCE_MS)
    _moves(world, page, "restart")
    assert board.end() == 0
    board.start()
    expect(_verdict(page)).to_have_class(WELL, timeout=PATIENCE_MS)
    expect(page.get_by_label("Search games")).to_have_value("restart")


def test_mysql_is_killed(world: World, visits: Visits) -> None:
    play(world, [game("mysql")], [stake("mysql-0", "mysql", 10)])
    page = visits.open("/?q=mysql")
    expect(_verdict(page)).to_have_class(WELL)
    before = cell(page, "mysql", "handle").inner_text()

    stack.stop(world.settings, names=["mysql"], kill=True)
    try:
        expect(_verdict(page)).to_have_class(re.compile("down"), timeout=PATIENCE_MS)
        expect(_verdict(page)).to_contain_text("MySQL")
        # What was known stays readable.
        expect(cell(page, "mysql", "handle")).to_have_text(before)
    finally:
        _bring_back(world)

    expect(_verdict(page)).to_have_class(WELL, timeout=PATIENCE_MS)
    world.until_running()
    _moves(world, page, "mysql")


def test_the_job_is_killed(world: World, visits: Visits) -> None:
    play(world, [game("job")], [stake("job-0", "job", 10)])
    page = visits.open("/?q=job")
    expect(_verdict(page)).to_have_class(WELL)

    stack.stop(world.settings, names=["taskmanager"], kill=True)
    try:
        expect(_verdict(page)).to_have_class(re.compile("down"), timeout=PATIENCE_MS)
        expect(_verdict(page)).to_contain_text("Flink")
    finally:
        _bring_back(world)

    world.until_running()
    expect(_verdict(page)).to_have_class(WELL, timeout=PATIENCE_MS)
    _moves(world, page, "job")
