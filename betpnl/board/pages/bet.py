"""A bet: a page of its own, and the dialog that other pages open."""

from __future__ import annotations

from typing import Any

from nicegui import ui
from pymysql.connections import Connection
from starlette.requests import Request

from betpnl.api.pnl import bets
from betpnl.api.pnl.pool import UnavailableError
from betpnl.board import game_view
from betpnl.board.board import Board
from betpnl.board.choice_query import bet_address
from betpnl.board.frame import frame
from betpnl.board.game_parts import BetCard, style
from betpnl.contract.currencies import minor_units
from betpnl.contract.limits import ID_LENGTH_MAX

REFRESH_S = 2.0


def install(board: Board) -> None:
    """Register the page; `/bet?id=` is for the ids that a path cannot hold."""

    @ui.page("/bet/{bet_id:path}")
    def of_path(bet_id: str) -> None:
        _draw(board, bet_id)

    @ui.page("/bet")
    def of_query(request: Request) -> None:
        _draw(board, request.query_params.get("id", ""))


def _draw(board: Board, bet_id: str) -> None:
    style()
    with frame(board, f"Bet {bet_id}"):
        with ui.element("div").classes("panel"):
            card = BetCard(board)
        BetView(board, card, bet_id)


class BetView:
    """Keeps a card up to date with a bet, '' for none."""

    def __init__(self, board: Board, card: BetCard, bet_id: str) -> None:
        self._board = board
        self._card = card
        self.bet_id = bet_id
        ui.timer(REFRESH_S, self.refresh)

    async def refresh(self) -> None:
        """Show the bet as it is now; while MySQL is away, as it was."""
        bet_id = self.bet_id
        if not bet_id:
            return
        try:
            found = await read(self._board, bet_id)
        except UnavailableError as error:
            if self._card.is_empty:
                self._card.show({"bet_id": bet_id, "sentence": str(error), "refused": False})
            return
        if bet_id == self.bet_id:
            self._card.show(found)


async def read(board: Board, bet_id: str) -> dict[str, Any]:
    """A bet as a card shows it. Raises UnavailableError."""
    partitions = board.settings.topic_partitions
    minor = minor_units(board.settings.base_currency)

    def ask(connection: Connection) -> dict[str, Any]:
        found = bets.bet(connection, bet_id, minor)
        if found is not None:
            return game_view.bet(found)
        return game_view.no_bet(bet_id, bets.newest_refusal(connection, bet_id, partitions))

    if len(bet_id) > ID_LENGTH_MAX:
        return game_view.no_bet(bet_id[:ID_LENGTH_MAX], None)
    return await board.shared(("bet", bet_id), REFRESH_S / 2, ask)


class BetDialog:
    """A bet over a page."""

    def __init__(self, board: Board) -> None:
        with ui.dialog() as self._dialog, ui.element("div").classes("panel bet-dialog"):
            self._card = BetCard(board)
            with ui.element("p").classes("bet-dialog-end"):
                self._link = ui.link("On a page of its own", "/")
                with ui.element("button").classes("control").props('type="button"') as close:
                    ui.label("Close")
                close.on("click", self._dialog.close)
        self._dialog.props('aria-label="Bet"').on("hide", self._closed)
        self._view = BetView(board, self._card, "")

    async def open(self, bet_id: str) -> None:
        """Show a bet until it is closed."""
        self._view.bet_id = bet_id
        self._card.show({"bet_id": bet_id, "sentence": "Asking.", "refused": False})
        self._link.props["href"] = bet_address(bet_id)
        self._link.update()
        self._dialog.open()
        await self._view.refresh()

    def _closed(self) -> None:
        self._view.bet_id = ""
