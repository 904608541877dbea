"""What stands around every page: header, navigation, top line, theme, keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui
from nicegui.element import Element

from betpnl.board.board import Board
from betpnl.board.breach_badge import breach_badge
from betpnl.stack.resolve import flink_rest_url

PAGES = (
    ("games", "Games", "/"),
    ("breakdown", "Breakdown", "/breakdown"),
    ("curves", "Curves", "/curves"),
    ("limits", "Limits", "/limits"),
)
_HEAD = """
<script src="/static/theme.js"></script>
<link rel="stylesheet" href="/static/board.css">
<script type="module">
import { isDark, setTheme } from "/static/board.js";
setTheme(isDark() ? "dark" : "light");
</script>
"""


class TopLine(Element, component="pages/top_line.js"):
    """The sums over all games, and whether all is well."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self._props["currency"] = board.settings.base_currency
        self._props["minor"] = board.base_minor


class Tools(Element, component="pages/tools.js"):
    """Theme, format of numbers, keys, SQL, and the way out."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self._props["locked"] = board.door.is_locked


@contextmanager
def frame(board: Board, title: str, active: str = "") -> Iterator[None]:
    """A page; its content goes into the block. active: its name in PAGES."""
    ui.page_title(f"{title} - betpnl")
    ui.add_head_html(_HEAD)
    with ui.element("header").classes("board-header"):
        ui.link("betpnl", "/").classes("board-brand")
        with ui.element("nav").classes("board-nav").props('aria-label="Pages"'):
            for name, word, address in PAGES:
                link = ui.link(word, address)
                if name == active:
                    link.props('aria-current="page"')
            flink = board.settings.board_flink_url or flink_rest_url(board.settings)
            if flink:
                ui.link("Flink", flink, new_tab=True).props('rel="noopener"')
        breach_badge(board)
        Tools(board)
    TopLine(board)
    # NiceGUI's own page is the <main> already.
    with ui.element("div").classes("board-main"):
        yield
