"""One stack, one board and one browser for all tests in a browser."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pydantic import SecretStr

from betpnl.settings import Settings
from tests.browser import chromium
from tests.browser.board_process import BoardProcess, serving
from tests.browser.visits import HERE, WAIT_MS, Visits
from tests.e2e.world import World, running
from tests.limit_hook import Hook, hook

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, which knows no address but this machine's."""
    executable = chromium.path(Settings.load().cache)
    arguments = [*chromium.ARGUMENTS, f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HERE}"]
    with sync_playwright() as playwright:
        # What a page does has its timeout from its context; what is expected of it has not.
        expect.set_options(timeout=WAIT_MS)
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The whole of betpnl."""
    with running(tmp_path_factory.mktemp("home")) as ready:
        yield ready


@pytest.fixture(scope="session")
def webhook() -> Iterator[Hook]:
    """Where the board tells of limits that are passed."""
    with hook() as heard:
        yield heard


@pytest.fixture(scope="session")
def board(
    world: World, webhook: Hook, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BoardProcess]:
    """A board on it, which lets in whoever sits at this machine."""
    settings = world.settings.model_copy(update={"board_webhook_url": SecretStr(webhook.url)})
    with serving(settings, tmp_path_factory.mktemp("board") / "board.log") as board:
        yield board


@pytest.fixture
def visits(
    browser: Browser, board: BoardProcess, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Visits]:
    """Pages, none of which may have complained when the test is over."""
    visits = Visits(browser, board.url)
    try:
        yield visits
        failed = request.node.stash.get(_FAILED, False)
        if failed or visits.complaints:
            visits.keep(tmp_path)
            sys.stdout.write(f"Pages and traces: {tmp_path}\n")
        assert not visits.complaints, f"{visits.complaints}; see {tmp_path}"
    finally:
        visits.close()


@pytest.fixture
def page(visits: Visits) -> Page:
    """The games, as they open on a desk."""
    return visits.open()


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Print a figure among the results: measured, and never held against anything."""

    def say(text: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{text}\n")

    return say
