"""A game: its ladder, what if, its bets; each figure is MySQL's."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.board_process import BoardProcess
from tests.browser.book import game, play, stake
from tests.browser.grid import line
from tests.browser.visits import Visits
from tests.e2e.world import World, bet, leg
from tests.waiting import until

pytestmark = pytest.mark.browser

SIDES = ("home", "draw", "away")


@pytest.fixture(autouse=True)
def ladder(world: World) -> None:
    """A game with bets on every side."""
    prices = dict(zip(SIDES, (2.35, 3.3, 3.1), strict=True))
    play(
        world,
        [game("ladder", home="<i>Rovers</i>", away='"United"')],
        [
            bet(
                f"ladder-{side}",
                stake=100 * number,
                legs=[leg("ladder", selection=side, odds=prices[side])],
            )
            for number, side in enumerate(SIDES, 1)
        ],
    )


def _if_wins(world: World, side: str) -> Decimal | None:
    """The game's PNL if this side wins, as MySQL has it."""
    query = "SELECT pnl_if_win FROM game_exposure WHERE game_id = 'ladder' AND selection = %s"
    rows = world.rows(query, side)
    return rows[0][0] if rows else None


def _rung(page: Page, side: str) -> Locator:
    return page.locator(f'.ladder [data-selection="{side}"]')


def _until_same(figure: Locator, value: Callable[[], Decimal | None]) -> None:
    """Wait until a figure on the page is what MySQL has."""

    def shown() -> Decimal | None:
        raw = figure.get_attribute("data-raw")
        return Decimal(raw) if raw else None

    until(
        lambda: shown() is not None and shown() == value(),
        lambda: f"{figure} is {shown()}, in MySQL {value()}",
    )


def test_a_game_is_opened_from_the_grid_and_its_figures_are_mysqls(
    world: World, visits: Visits
) -> None:
    page = visits.open("/?q=Rovers")
    line(page, "ladder").get_by_role("link").click()
    page.wait_for_url("**/game/ladder")

    def in_mysql(name: str) -> Decimal:
        return Decimal(world.row(f"SELECT {name} FROM game_board WHERE game_id = 'ladder'")[0])

    for name in ("total_pnl", "expected_pnl", "worst_case", "best_case", "liability", "handle"):
        figure = page.locator(f".game-head [data-part={name}] dd")
        _until_same(figure, lambda name=name: in_mysql(name))
    for side in SIDES:
        _until_same(_rung(page, side).locator(".brings b"), lambda side=side: _if_wins(world, side))
    expect(page.get_by_role("heading", level=1)).to_contain_text("<i>Rovers</i>")
    expect(page.locator(".ladder").get_by_text("worst", exact=False).first).to_be_visible()


def test_what_if_is_the_ladders_pnl_and_stands_in_the_address(
    world: World, board: BoardProcess, visits: Visits
) -> None:
    page = visits.open("/game/ladder")
    so = page.locator(".what-if [data-part=pnl]")
    _rung(page, "draw").get_by_role("button").click()
    expect(_rung(page, "draw")).to_contain_text("chosen")
    _until_same(so, lambda: _if_wins(world, "draw"))

    page.get_by_role("button", name="Clear").click()
    score = page.get_by_label('score of "United"')
    score.fill("3")
    score.press("Enter")
    expect(_rung(page, "away")).to_contain_text("if so: win")
    _until_same(so, lambda: _if_wins(world, "away"))

    other = visits.open(page.url.removeprefix(board.url))
    _until_same(other.locator(".what-if [data-part=pnl]"), lambda: _if_wins(world, "away"))
    expect(other.get_by_label('score of "United"')).to_have_value("3")


def test_a_bets_history_and_a_rejected_bet_are_shown(world: World, visits: Visits) -> None:
    cashed = stake("ladder-cashed", "ladder", 50)
    play(world, [], [cashed])
    world.send(
        "bets",
        {
            **cashed,
            "version": 2,
            "status": "cashed_out",
            "cash_out": {"fraction": 0.5, "amount": 9},
        },
        {**stake("ladder-refused", "ladder", 10), "stake": -5},
    )
    page = visits.open("/game/ladder")
    page.locator('[data-bet="ladder-cashed"]').get_by_role("button").click()

    dialog = page.get_by_role("dialog", name="Bet")
    expect(dialog.locator("[data-version]")).to_have_count(2)
    expect(dialog.locator("[data-version]").first).to_contain_text("cashed out")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    page.get_by_role("tab", name="Rejected bets").click()
    refused = page.get_by_role("row").filter(has_text="ladder-refused")
    expect(refused.first).to_contain_text("stake")


def test_a_game_nobody_knows_is_said_to_be_unknown(visits: Visits) -> None:
    page = visits.open("/game/%3Cscript%3Ewindow.broken=1%3C%2Fscript%3E")

    expect(page.get_by_text("there is no such game")).to_be_visible()
    assert page.evaluate("window.broken") is None
