"""The grid of games: what it shows is what MySQL holds, and it moves with it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.book import game, play, stake
from tests.browser.grid import DASH, amount, cell, line, shown, until_only
from tests.browser.visits import Visits
from tests.e2e.world import World, result
from tests.waiting import until

pytestmark = pytest.mark.browser

WIDE = (2400, 1200)
PLAIN = ("handle", "liability")
SIGNED = ("expected_pnl", "realised_pnl", "total_pnl", "worst_case")


def _in_mysql(world: World, prefix: str) -> dict[str, dict[str, str]]:
    names = (*PLAIN, *SIGNED)
    rows = world.rows(
        f"SELECT game_id, bets, open_bets, {', '.join(names)} FROM game_board "
        "WHERE game_id LIKE %s",
        f"{prefix}%",
    )
    found = {}
    for game_id, bets, open_bets, *values in rows:
        amounts = dict(zip(names, values, strict=True))
        # Nothing is at risk any more where nothing is open.
        amounts["liability"] = amounts["liability"] if open_bets else None
        found[game_id] = {"bets": f"{bets:,}"} | {
            name: amount(value, signed=name in SIGNED) for name, value in amounts.items()
        }
    return found


def _in_grid(page: Page) -> dict[str, dict[str, str]]:
    names = ("bets", *PLAIN, *SIGNED)
    return {key: {n: cells.get(n, "") for n in names} for key, cells in shown(page).items()}


def _shows(page: Page, world: World, prefix: str) -> None:
    until(
        lambda: _in_grid(page) == _in_mysql(world, prefix),
        lambda: f"grid: {_in_grid(page)}\nMySQL: {_in_mysql(world, prefix)}",
    )


def test_every_figure_equals_mysqls_to_the_cent(world: World, visits: Visits) -> None:
    games = [game(f"equal{n}") for n in range(4)]
    bets = [stake(f"equal{n}-{m}", f"equal{n}", 99.99 * m + n) for n in range(4) for m in (1, 2, 7)]
    bets.append({**stake("equal3-cashed", "equal3", 1234567.89)})
    play(world, games, bets)
    page = visits.open("/?q=equal&show=all", size=WIDE)
    _shows(page, world, "equal")

    cashed = {**bets[-1], "version": 2, "status": "cashed_out"}
    world.send("bets", {**cashed, "cash_out": {"fraction": 0.5, "amount": 600000.01}})
    world.send("results", result("equal0"), result("equal1", "lose"), result("equal2", "half_win"))
    until(
        lambda: (
            world.row(
                "SELECT COUNT(*) FROM game_board WHERE game_id LIKE 'equal%%' AND realised_pnl <> 0"
            )[0]
            == 4
        ),
        "not all is settled",
    )

    _shows(page, world, "equal")
    after = _in_grid(page)
    assert after["equal0"]["realised_pnl"].startswith("-")
    assert after["equal1"]["realised_pnl"].startswith("+")
    assert after["equal0"]["liability"] == DASH


def test_a_bet_shows_within_a_moment_and_its_cells_flash(
    world: World, visits: Visits, say: Callable[[str], None]
) -> None:
    play(world, [game("moment")], [stake("moment-0", "moment", 10)])
    page = visits.open("/?q=moment")
    (bets,) = world.row("SELECT bets FROM game_board WHERE game_id = 'moment'")
    expect(cell(page, "moment", "bets")).to_have_text(str(bets))
    page.evaluate(
        """() => {
          window.seen = {};
          window.flashed = new Set();
          new MutationObserver((changes) => {
            for (const cell of document.querySelectorAll(".ag-cell-data-changed"))
              window.flashed.add(cell.getAttribute("col-id"));
            const cell = document.querySelector('[row-id="moment"] [col-id="bets"]');
            if (cell) window.seen[cell.innerText.trim()] ??= Date.now();
          }).observe(document.body, {subtree: true, childList: true, characterData: true,
                                     attributes: true, attributeFilter: ["class"]});
        }"""
    )
    took_ms = []
    for number in range(bets, bets + 5):
        sent_ms = time.time() * 1000
        world.send("bets", stake(f"moment-{number}", "moment", 10))
        seen = page.wait_for_function("(text) => window.seen[text]", arg=str(number + 1))
        took_ms.append(round(seen.json_value() - sent_ms))

    say(f"from the bet's sending to its cell in the browser: {sorted(took_ms)} ms")
    flashed = set(page.evaluate("[...window.flashed]"))
    assert {"bets", "handle", "expected_pnl", "total_pnl"} <= flashed
    assert "sport" not in flashed


def test_lines_are_sorted_by_a_click_and_searched_by_a_word(world: World, visits: Visits) -> None:
    play(
        world,
        [game("sort-a"), game("sort-b", "tennis", home="Éva Nuñez"), game("sort-c", "ice_hockey")],
        [
            stake("sort-1", "sort-a", 30),
            stake("sort-2", "sort-b", 10, "tennis"),
            stake("sort-3", "sort-c", 200, "ice_hockey"),
        ],
    )
    page = visits.open("/?q=sort-")
    # Most at risk first.
    until_only(page, "sort-c", "sort-a", "sort-b")

    title = page.get_by_role("columnheader", name="Handle")
    title.click()
    until_only(page, "sort-c", "sort-a", "sort-b")
    title.click()
    until_only(page, "sort-b", "sort-a", "sort-c")
    page.get_by_role("columnheader", name="Sport").click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile("sort=handle%3Aasc%2Csport%3Aasc"))

    page.get_by_label("Sport", exact=True).select_option("ice_hockey")
    until_only(page, "sort-c")
    page.get_by_label("Sport", exact=True).select_option("")
    page.get_by_label("Search games").fill("nuñez")
    until_only(page, "sort-b")


def test_a_filter_of_a_column_narrows_lines_and_sums(world: World, visits: Visits) -> None:
    play(
        world,
        [game("narrow-a"), game("narrow-b"), game("narrow-c")],
        [stake(f"narrow-{n}", f"narrow-{n}", 100 * place) for place, n in enumerate("abc", 1)],
    )
    page = visits.open("/?q=narrow-")
    until_only(page, "narrow-c", "narrow-b", "narrow-a")
    (before,) = world.row("SELECT SUM(handle) FROM game_board WHERE game_id LIKE 'narrow-%%'")
    expect(page.locator('[data-sum="handle"]')).to_have_text(amount(before))

    title = page.get_by_role("columnheader", name="Handle")
    title.hover()
    title.locator(".ag-header-cell-filter-button").click()
    page.locator(".ag-filter input[type=number]").first.fill("200")
    # Such a filter begins with "Equals".
    until_only(page, "narrow-b")
    page.locator(".ag-filter .ag-picker-field-wrapper").first.click()
    page.get_by_role("option", name="Greater than", exact=True).click()

    until_only(page, "narrow-c")
    (after,) = world.row("SELECT handle FROM game_board WHERE game_id = 'narrow-c'")
    expect(page.locator('[data-sum="handle"]')).to_have_text(amount(after))
    expect(page.locator('[data-sum="games"]')).to_have_text(re.compile("^1 of "))


def test_a_link_shows_somebody_else_the_same(world: World, visits: Visits) -> None:
    play(
        world,
        [game(f"link-{n}", "tennis" if n else "football") for n in range(4)],
        [
            stake(f"link-{n}", f"link-{n}", 50 * (n + 1), "tennis" if n else "football")
            for n in range(4)
        ],
    )
    model = {"handle": {"filterType": "number", "type": "greaterThan", "filter": 120}}
    page = visits.open(
        f"/?q=link-&sport=tennis&sort=handle:asc&show=all&filter={quote(json.dumps(model))}"
    )
    until_only(page, "link-2", "link-3")

    # What is chosen by hand goes into the address, which another browser then opens.
    page.get_by_role("columnheader", name="Total").click()
    page.get_by_label("Search games").fill("link-3")
    until_only(page, "link-3")
    asked: Any = parse_qs(urlsplit(page.url).query)
    assert asked["sort"] == ["total_pnl:desc"]
    assert json.loads(asked["filter"][0]) == model
    other = visits.open(f"/?{urlsplit(page.url).query}")
    until_only(other, "link-3")
    expect(other.get_by_label("Search games")).to_have_value("link-3")


def test_a_broken_link_is_told_and_harms_nothing(world: World, visits: Visits) -> None:
    play(world, [game("broken")], [stake("broken-0", "broken", 10)])
    page = visits.open("/?q=broken&sort=nonsense:up&filter=%7Bhandle&show=%3Cscript%3E")
    expect(line(page, "broken")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("cannot be read")


def test_columns_are_chosen_and_kept(world: World, visits: Visits) -> None:
    play(world, [game("columns")], [stake("columns-0", "columns", 10)])
    page = visits.open("/?q=columns")
    expect(line(page, "columns")).to_be_visible()
    title = page.get_by_role("columnheader", name="Competition")
    expect(title).to_have_count(0)

    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Competition").check()
    expect(title).to_be_visible()
    expect(cell(page, "columns", "competition")).to_have_text("League")
    page.reload()
    expect(title).to_be_visible()

    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="As at first").click()
    expect(title).to_have_count(0)


def test_a_name_is_only_a_name(world: World, visits: Visits) -> None:
    home = "<script>window.broken = 1</script>"
    away = """=1+1 "q" 'n' {{7*7}} &amp; <img src=x onerror="broken=2">"""
    play(
        world,
        [game("name", home=home, away=away, competition="<b>names</b>")],
        [stake("name-0", "name", 10)],
    )
    page = visits.open("/")
    page.get_by_label("Search games").fill("<script>window.broken")

    until_only(page, "name")
    expect(cell(page, "name", "game")).to_have_text(f"{home} {DASH} {away}")
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Competition").check()
    expect(cell(page, "name", "competition")).to_have_text("<b>names</b>")
    assert page.evaluate("window.broken") is None
    assert page.locator(".games-grid img, .games-grid script, .games-grid b").count() == 0


def test_grid_is_held_still_and_goes_on(world: World, visits: Visits) -> None:
    play(world, [game("held")], [stake("held-0", "held", 10)])
    (bets,) = world.row("SELECT bets FROM game_board WHERE game_id = 'held'")
    page = visits.open("/?q=held")
    expect(cell(page, "held", "bets")).to_have_text(str(bets))
    other = visits.open("/?q=held")

    page.get_by_role("button", name="Hold").click()
    play(world, [], [stake(f"held-{bets}", "held", 10)])
    expect(cell(other, "held", "bets")).to_have_text(str(bets + 1))
    expect(cell(page, "held", "bets")).to_have_text(str(bets))
    page.get_by_role("button", name="Go on").click()

    expect(cell(page, "held", "bets")).to_have_text(str(bets + 1))
