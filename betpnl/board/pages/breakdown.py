"""PNL by sport, competition, market, channel, region or currency, live."""

from __future__ import annotations

from typing import Any

import msgspec
from nicegui import ui
from pymysql.connections import Connection

from betpnl.api.pnl.breakdowns import DIMENSIONS, Dimension, breakdown
from betpnl.api.pnl.pool import UnavailableError
from betpnl.board.board import Board
from betpnl.board.frame import frame
from betpnl.board.game_parts import Part

EVERY_S = 1.0
ROWS_MAX = 500
_HEAD = '<link rel="stylesheet" href="/static/breakdown.css">'


class BreakdownTable(Part, component="breakdown_table.js"):
    """The table, the largest handle first."""


def install(board: Board) -> None:
    """Register the page: /breakdown?by=channel."""

    @ui.page("/breakdown")
    def page(by: str = "") -> None:
        chosen = next((each for each in DIMENSIONS if each == by), DIMENSIONS[0])
        BreakdownPage(board, chosen)


class BreakdownPage:
    """One viewer's page; what it asks is asked once for all viewers."""

    def __init__(self, board: Board, by: Dimension) -> None:
        self._board, self._by = board, by
        ui.add_head_html(_HEAD)
        with frame(board, f"By {by}", "breakdown"):
            with ui.element("nav").classes("breakdown-by").props('aria-label="Break down by"'):
                for each in DIMENSIONS:
                    link = ui.link(each.capitalize(), f"/breakdown?by={each}")
                    if each == by:
                        link.props('aria-current="page"')
            with ui.element("p").classes("breakdown-files"):
                for name in ("CSV", "Parquet"):
                    address = f"/download/breakdown?by={by}&format={name.lower()}"
                    ui.link(name, address).props(f'download aria-label="Download as {name}"')
            with ui.element("div").classes("panel"):
                self._table = BreakdownTable(board)
        ui.timer(EVERY_S, self._refresh)

    async def _refresh(self) -> None:
        try:
            shown = await read(self._board, self._by)
        except UnavailableError as error:
            # What was there stays; the top line says which part is down.
            if self._table.is_empty:
                self._table.show({"by": self._by, "rows": [], "sentence": str(error)})
            return
        self._table.show(shown)


async def read(board: Board, by: Dimension) -> dict[str, Any]:
    """The breakdown as the table shows it. Raises UnavailableError."""

    def ask(connection: Connection) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.to_builtins(breakdown(connection, [by], ROWS_MAX))
        sentence = "" if found["rows"] else "No bet has come yet."
        if found["more"]:
            sentence = f"The {ROWS_MAX} with the largest handle."
        return {"by": by, "rows": found["rows"], "sentence": sentence}

    return await board.shared(("breakdown", by), EVERY_S / 2, ask)
