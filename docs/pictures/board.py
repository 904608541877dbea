"""The board's pictures in docs/pictures/, of a board that runs with games that move.

make demo            # in one terminal, for some minutes
make browser         # fetches the browser, if it never ran here
.venv/bin/python -m docs.pictures.board http://127.0.0.1:8050
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from betpnl.errors import UserError
from betpnl.paths import PROJECT
from betpnl.settings import Settings
from tests.browser import chromium
from tests.browser.visits import DESK, PHONE

FOLDER = Path(__file__).parent
PAGES = {
    "games": "/",
    "curves": "/curves",
    "limits": "/limits",
    "breakdown": "/breakdown?by=market",
}
# What moves is drawn by then.
SETTLE_MS = 6000


def main(url: str) -> None:
    """Take every page, light and dark, and the games on a phone."""
    executable = chromium.path(Settings.load().cache)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=list(chromium.ARGUMENTS)
        )
        pages = {**PAGES, "game": _busiest_game(browser, url)}
        for theme in ("light", "dark"):
            for name, path in pages.items():
                page = _open(browser, url + path, theme, DESK)
                _take(page, FOLDER / f"board-{name}-{theme}.png")
        for name in ("games", "game"):
            page = _open(browser, url + pages[name], "dark", PHONE)
            _take(page, FOLDER / f"board-{name}-phone.png")
        browser.close()


def _busiest_game(browser: Browser, url: str) -> str:
    page = _open(browser, f"{url}/?sort=bets:desc", "light", DESK)
    link = page.locator(".ag-row a").first.get_attribute("href")
    page.context.close()
    assert link is not None
    return link


def _open(browser: Browser, address: str, theme: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if theme == "dark" else "light",
        locale="en-GB",
        is_mobile=size == PHONE,
        has_touch=size == PHONE,
    )
    page = context.new_page()
    page.goto(address)
    page.wait_for_timeout(SETTLE_MS)
    return page


def _take(page: Page, path: Path) -> None:
    page.screenshot(path=path)
    page.context.close()
    sys.stdout.write(f"{path.relative_to(PROJECT)}  {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    try:
        main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8050")
    except UserError as error:
        sys.exit(str(error))
