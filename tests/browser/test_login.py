"""Who may look: nobody without a token, and nobody any longer once it is taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.board_process import BoardProcess, serving
from tests.browser.visits import Visits
from tests.e2e.world import World, betpnl

pytestmark = pytest.mark.browser

TOKEN = re.compile(r"betpnl_(\w+?)_\S+")


def _token(world: World, name: str) -> str:
    made = betpnl(world.settings, "token", "add", name, "--scope", "pnl:read")
    assert made.returncode == 0, made.stderr
    found = TOKEN.search(made.stdout)
    assert found is not None, made.stdout
    return found[0]


@pytest.fixture(scope="module")
def token(world: World) -> str:
    """Of a trader."""
    return _token(world, "trader")


@pytest.fixture(scope="module")
def locked(
    world: World, token: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BoardProcess]:
    """A board on which everybody has to log in."""
    log = tmp_path_factory.mktemp("locked") / "board.log"
    with serving(world.settings, log, "--login", "always") as board:
        yield board
        assert token not in log.read_text()


def _log_in(page: Page, token: str) -> None:
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Log in").click()


def test_a_wrong_token_is_refused_and_a_right_one_leads_on(
    locked: BoardProcess, token: str, visits: Visits
) -> None:
    visits.allow("status of 401")
    page = visits.open("/?sport=tennis&q=a%26b", url=locked.url)
    page.wait_for_url("**/login?*")
    assert page.locator(".ag-root").count() == 0

    _log_in(page, "betpnl_nobody_0000")
    expect(page.get_by_role("alert")).to_contain_text("unknown")
    _log_in(page, token)

    expect(page.get_by_label("Search games")).to_have_value("a&b")
    expect(page.locator(".verdict")).to_have_class(re.compile("ok|quiet"))
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    page.goto(locked.url)
    page.wait_for_url("**/login?*")


def test_a_token_taken_back_ends_what_is_open(
    world: World, locked: BoardProcess, visits: Visits
) -> None:
    token = _token(world, "leaver")
    page = visits.open("/", url=locked.url)
    _log_in(page, token)
    expect(page.locator(".verdict")).to_have_class(re.compile("ok|quiet"))

    revoked = betpnl(world.settings, "token", "revoke", token.split("_")[1])
    assert revoked.returncode == 0, revoked.stderr

    page.wait_for_url("**/login?*")
