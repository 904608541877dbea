"""Pages as a user has them open, watched for everything that a user should never see."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

HERE = "127.0.0.1"
DESK = (1440, 900)
PHONE = (390, 844)
WAIT_MS = 30_000


class Visits:
    """All pages of one test.

    complaints: errors on the console and in scripts, and requests to anywhere but this machine.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._contexts: list[BrowserContext] = []
        self._allowed: list[re.Pattern[str]] = []
        self._seen: list[str] = []

    def open(
        self,
        path: str = "/",
        *,
        size: tuple[int, int] = DESK,
        dark: bool = False,
        locale: str = "en-GB",
        url: str = "",
        context: BrowserContext | None = None,
    ) -> Page:
        """A page of a browser of its own, or one more of a context's. url: of another board."""
        context = context or self._context(size, dark, locale)
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and self._complain(said.text))
        page.on("pageerror", lambda error: self._complain(str(error.stack or error)))
        page.on("request", lambda request: self._requested(request.url))
        page.on("websocket", lambda socket: self._requested(socket.url))
        page.goto((url or self._url) + path)
        return page

    def allow(self, pattern: str) -> None:
        """Expect complaints like this from now on, such as of a server that is away."""
        self._allowed.append(re.compile(pattern))

    @property
    def complaints(self) -> list[str]:
        """What nobody expected."""
        return [said for said in self._seen if not any(a.search(said) for a in self._allowed)]

    def keep(self, folder: Path) -> None:
        """A picture and a trace of each page, for whoever looks into a failure."""
        for number, context in enumerate(self._contexts):
            for each, page in enumerate(context.pages):
                page.screenshot(path=folder / f"{number}-{each}.png")
            context.tracing.stop(path=folder / f"{number}-trace.zip")

    def close(self) -> None:
        """Close all pages."""
        for context in self._contexts:
            context.close()

    def _context(self, size: tuple[int, int], dark: bool, locale: str) -> BrowserContext:
        width, height = size
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale=locale,
            timezone_id="UTC",
            has_touch=size == PHONE,
            is_mobile=size == PHONE,
            reduced_motion="no-preference",
        )
        context.set_default_timeout(WAIT_MS)
        context.tracing.start(snapshots=True)
        self._contexts.append(context)
        return context

    def _requested(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname != HERE:
            self._complain(f"asked for {url}")

    def _complain(self, text: str) -> None:
        self._seen.append(text)
