"""The page of all games: a grid that moves."""

from __future__ import annotations

from nicegui import ui
from nicegui.element import Element

from betpnl.board.board import Board
from betpnl.board.frame import frame

# Naming it makes its script known to the pages: NiceGUI's wheel brings AG Grid.
_GRID_SCRIPT = ui.aggrid


class GamesGrid(Element, component="games_grid.js"):
    """The grid and its tools. Its lines come by the WebSocket, not through NiceGUI."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self._props["minor"] = board.base_minor
        self._props["currency"] = board.settings.base_currency


def install(board: Board) -> None:
    """Register the page."""

    @ui.page("/")
    def games() -> None:
        with frame(board, "Games", "games"):
            GamesGrid(board)
