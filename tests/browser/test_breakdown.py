"""The breakdown: its figures are MySQL's, and follow each bet."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import expect

from tests.browser.book import game, play, stake
from tests.browser.visits import Visits
from tests.e2e.world import World, result
from tests.waiting import until

pytestmark = pytest.mark.browser

CHANNEL = "<b>kiosk</b> 7"


def test_a_breakdown_shows_mysqls_figures_and_moves_with_them(world: World, visits: Visits) -> None:
    def bet(number: int, amount: float) -> None:
        play(
            world,
            [game("broken-down")],
            [{**stake(f"broken-{number}", "broken-down", amount), "channel": CHANNEL}],
        )

    def shown(part: str) -> Decimal | None:
        raw = row.locator(f"[data-part={part}]").get_attribute("data-raw")
        return None if raw is None else Decimal(raw)

    def is_same() -> bool:
        found = world.row(
            "SELECT bets, handle, realised_pnl, total_pnl FROM breakdown_pnl"
            " WHERE dimension = 'channel' AND value = %s",
            CHANNEL,
        )
        names = ("bets", "handle", "realised_pnl", "total_pnl")
        return tuple(shown(name) for name in names) == found

    bet(1, 10)
    page = visits.open("/breakdown?by=channel")
    row = page.locator("tr[data-value]").filter(has=page.get_by_text(CHANNEL, exact=True))
    expect(row).to_be_visible()
    until(is_same, "the first figures differ")

    bet(2, 250)
    world.send("results", result("broken-down", "lose"))

    until(lambda: shown("realised_pnl") == Decimal(260) and is_same(), "the figures stand still")
    expect(row.locator("[data-part=hold]")).to_have_attribute("data-raw", "1.000000")
    page.get_by_role("link", name="Currency").click()
    expect(page.locator("tr[data-value=EUR]")).to_be_visible()


def test_a_breakdown_is_kept_as_a_file(world: World, visits: Visits, tmp_path: Path) -> None:
    def kept(kind: str) -> Path:
        with page.expect_download() as waiting:
            page.get_by_role("link", name=f"Download as {kind}").click()
        saved = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(saved)
        return saved

    formula = "=HYPERLINK(1)"
    play(
        world,
        [game("kept")],
        [{**stake("kept-1", "kept", 1234567.89), "region": formula}],
    )
    page = visits.open("/breakdown?by=region")
    row = page.locator("tr[data-value]").filter(has=page.get_by_text(formula, exact=True))
    expect(row).to_be_visible()

    with kept("CSV").open(encoding="utf-8", newline="") as lines:
        in_csv = {row["region"]: row for row in csv.DictReader(lines)}
    in_parquet = {row["region"]: row for row in pq.read_table(kept("Parquet")).to_pylist()}

    assert in_csv[f"'{formula}"]["handle"] == "1234567.8900"
    assert in_parquet[formula]["handle"] == Decimal("1234567.89")
    assert in_parquet[formula]["hold"] is None
    found = world.rows(
        "SELECT value, bets, total_pnl FROM breakdown_pnl WHERE dimension = 'region'"
    )
    assert [
        (value, in_parquet[value]["bets"], in_parquet[value]["total_pnl"]) for value, *_ in found
    ] == found
