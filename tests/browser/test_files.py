"""What is shown, as a file: the same games, columns and figures in the same order."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Page

from tests.browser.book import game, play, stake
from tests.browser.grid import DASH, amount, shown, until_only
from tests.browser.visits import Visits
from tests.e2e.world import World

pytestmark = pytest.mark.browser

WIDE = (2400, 1200)


@pytest.fixture
def page(world: World, visits: Visits) -> Page:
    """Three games by handle, the last one's name a formula."""
    play(
        world,
        [game("file-a"), game("file-b"), game("file-c", home="=1+1", away="@SUM(A1)")],
        [
            stake("file-1", "file-a", 1234567.89),
            stake("file-2", "file-b", 20.01),
            stake("file-3", "file-c", 3.5),
        ],
    )
    page = visits.open("/?q=League&sort=handle:desc", size=WIDE)
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Competition").check()
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Search games").fill("file-")
    until_only(page, "file-a", "file-b")
    page.get_by_label("Search games").fill("")
    return page


def _download(page: Page, kind: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=kind, exact=True).click()
    saved = folder / waiting.value.suggested_filename
    waiting.value.save_as(saved)
    return saved


def test_csv_is_what_is_shown(page: Page, tmp_path: Path) -> None:
    saved = _download(page, "CSV", tmp_path)

    with saved.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    on_page = shown(page)
    assert saved.suffix == ".csv"
    assert [row["game_id"] for row in rows] == list(on_page)
    for row in rows:
        cells = on_page[row["game_id"]]
        assert cells["handle"] == amount(row["handle"])
        assert cells["total_pnl"] == amount(row["total_pnl"], signed=True)
        assert cells["bets"] == f"{int(row['bets']):,}"
    named = {row["game_id"]: row for row in rows}
    assert Decimal(named["file-a"]["handle"]) == Decimal("1234567.89")
    assert named["file-a"]["competition"] == "League"
    # No spreadsheet takes these for formulas.
    assert (named["file-c"]["home"], named["file-c"]["away"]) == ("'=1+1", "'@SUM(A1)")
    assert "spark" not in rows[0]


def test_parquet_is_what_is_shown_with_types(page: Page, tmp_path: Path) -> None:
    began = datetime.now(UTC)
    page.get_by_role("button", name="Columns").click()
    page.get_by_label("Changed").check()
    saved = _download(page, "Parquet", tmp_path)

    rows = pq.read_table(saved).to_pylist()
    on_page = shown(page)
    assert saved.suffix == ".parquet"
    assert [row["game_id"] for row in rows] == list(on_page)
    for row in rows:
        assert isinstance(row["handle"], Decimal)
        assert row["updated_at"] < began
        cells = on_page[row["game_id"]]
        assert cells["worst_case"] == amount(row["worst_case"], signed=True)
        assert cells["game"] == f"{row['home']} {DASH} {row['away']}"
