"""The page of a game: its markets as ladders, what if, its latest and its rejected bets."""

from __future__ import annotations

from typing import Any

from nicegui import ui
from pymysql.connections import Connection
from starlette.requests import Request

from betpnl.api.pnl.pool import UnavailableError
from betpnl.board import choice_query, game_reading, game_view
from betpnl.board.board import Board
from betpnl.board.choice_query import SCORE_MAX
from betpnl.board.frame import frame
from betpnl.board.game_parts import BetTable, GameHead, Ladder, RejectTable, WhatIfLine, style
from betpnl.board.game_reading import GameReading
from betpnl.board.pages.bet import BetDialog
from betpnl.board.what_if import Choice, Market
from betpnl.contract.limits import ID_LENGTH_MAX
from betpnl.score_markets import Score

REFRESH_S = 1.0
BETS_REFRESH_S = 2.0
# Whoever asks a moment before the answer is so old gets it too: one question for all viewers.
_EARLY = 0.9
_LATEST, _REJECTED = "Latest bets", "Rejected bets"


def install(board: Board) -> None:
    """Register the page; `/game?id=` is for the ids that a path cannot hold."""

    @ui.page("/game/{game_id:path}")
    def of_path(game_id: str, request: Request) -> None:
        GamePage(board, game_id, choice_query.read(request.query_params.multi_items()))

    @ui.page("/game")
    def of_query(request: Request) -> None:
        pairs = request.query_params.multi_items()
        GamePage(board, request.query_params.get("id", ""), choice_query.read(pairs))


class GamePage:
    """One viewer's page. The figures are read once for all who look at the game."""

    def __init__(self, board: Board, game_id: str, choice: Choice) -> None:
        self._board = board
        self._id = game_id
        self._choice = choice
        self._reading: GameReading | None = None
        self._ladders: dict[Market, Ladder] = {}
        self._title = ""
        style()
        with frame(board, f"Game {game_id}", "games"):
            self._notice = ui.label("Asking.").classes("panel game-notice").props("role=status")
            self._whole = ui.element("div").classes("game-page")
            with self._whole:
                self._head = GameHead(board)
                self._draw_links()
                # The line stays in sight for as long as there are markets to choose from.
                with ui.element("div").classes("game-page"):
                    self._what_if = WhatIfLine(board)
                    self._what_if.told("score", self._score)
                    self._what_if.told("clear", self._clear)
                    self._markets = ui.element("div").classes("ladders")
                self._draw_bets()
            self._whole.set_visibility(False)
            self._dialog = BetDialog(board)
        ui.timer(REFRESH_S, self._refresh)
        ui.timer(BETS_REFRESH_S, self._refresh_bets)

    def _draw_links(self) -> None:
        with ui.element("p").classes("game-links"):
            scope = choice_query.parameters(scope="game", of=self._id)
            ui.link("Its curves", f"/curves?{scope}")
            ui.link("Its limits", f"/limits?{choice_query.parameters(game=self._id)}")
            with ui.element("details"):
                with ui.element("summary"):
                    ui.label("Ask in SQL").classes("inline")
                with ui.element("pre"):
                    ui.label(game_view.sql(self._id)).classes("inline")

    def _draw_bets(self) -> None:
        with ui.element("section").classes("panel game-bets"):
            self._tabs = ui.tabs(on_change=self._refresh_bets).props("dense align=left no-caps")
            with self._tabs:
                latest = ui.tab(_LATEST)
                ui.tab(_REJECTED)
            with ui.tab_panels(self._tabs, value=latest, animated=False):
                with ui.tab_panel(_LATEST):
                    self._latest = BetTable(self._board)
                    self._latest.told("open", self._open)
                with ui.tab_panel(_REJECTED):
                    self._rejected = RejectTable(self._board)
                    self._rejected.told("open", self._open)
            ui.label(
                "The newest 50 by time of acceptance. An accumulator stands with the game of its "
                "first leg; of rejected bets, the newest 2,000 of each partition are looked "
                "through for this game's id."
            ).classes("muted game-note")

    # -- What is there now ---------------------------------------------------------------

    async def _refresh(self) -> None:
        board = self._board

        def ask(connection: Connection) -> GameReading | None:
            return game_reading.game(connection, self._id, board.base_minor)

        if not 0 < len(self._id) <= ID_LENGTH_MAX:
            self._say("No game has such an id: it would have 1 to 64 characters.")
            return
        try:
            reading = await board.shared(("game", self._id), REFRESH_S * _EARLY, ask)
        except UnavailableError as error:
            old = " These figures are old." if self._reading else ""
            self._say(f"{error}{old}")
            return
        if reading is None:
            self._say(
                f"Nobody has bet on {self._id} yet, or there is no such game. "
                "It appears here with its first bet."
            )
            self._whole.set_visibility(False)
            return
        self._say("")
        self._whole.set_visibility(True)
        is_first = self._reading is None
        if reading is not self._reading:
            self._reading = reading
            self._show()
        if is_first:
            await self._refresh_bets()

    def _say(self, sentence: str) -> None:
        self._notice.set_text(sentence)
        self._notice.set_visibility(bool(sentence))

    def _show(self) -> None:
        reading = self._reading
        if reading is None:
            return
        game = reading.answer.game
        title = f"{game.home} - {game.away}" if game.home and game.away else self._id
        if title != self._title:
            self._title = title
            ui.page_title(f"{title} - betpnl")
        self._head.show(game_view.head(reading))
        line, chosen = game_view.result(reading, self._choice, self._board.base_minor)
        self._what_if.show(line)
        known = set()
        for place, row in enumerate(sorted(reading.answer.markets, key=game_view.order)):
            market = Market(row.market, row.line)
            known.add(market)
            self._ladder(market, place).show(game_view.market(row, self._choice, chosen.outcomes))
        for market in self._ladders.keys() - known:
            self._ladders.pop(market).delete()

    def _ladder(self, market: Market, place: int) -> Ladder:
        ladder = self._ladders.get(market)
        if ladder is None:
            with self._markets:
                ladder = self._ladders[market] = Ladder(self._board)
            ladder.told("choose", lambda selection: self._choose(market, selection))
            if place < len(self._ladders) - 1:
                ladder.move(target_index=place)
        return ladder

    async def _refresh_bets(self) -> None:
        board, partitions = self._board, self._board.settings.topic_partitions

        def latest(connection: Connection) -> list[dict[str, Any]]:
            return [
                game_view.bet_row(row) for row in game_reading.latest_bets(connection, self._id)
            ]

        def rejected(connection: Connection) -> list[dict[str, Any]]:
            found = game_reading.rejected_bets(connection, self._id, partitions)
            return [game_view.reject_row(row) for row in found]

        if self._reading is None:
            return
        age_max_s = BETS_REFRESH_S * _EARLY
        try:
            # What nobody looks at, nobody asks for.
            if self._tabs.value == _REJECTED:
                key = ("rejected bets", self._id)
                self._rejected.show(await board.shared(key, age_max_s, rejected))
            else:
                self._latest.show(await board.shared(("bets", self._id), age_max_s, latest))
        except UnavailableError:
            return

    # -- What the viewer does ------------------------------------------------------------

    def _choose(self, market: Market, selection: Any) -> None:
        if not isinstance(selection, str):
            return
        winners = dict(self._choice.winners)
        if winners.get(market) == selection:
            del winners[market]
        else:
            winners[market] = selection
        self._take(Choice(self._choice.score, winners))

    def _score(self, sent: Any) -> None:
        match sent:
            case [int(home), int(away)] if 0 <= home <= SCORE_MAX and 0 <= away <= SCORE_MAX:
                self._take(Choice(Score(home, away), self._choice.winners))

    def _clear(self, _: Any) -> None:
        self._take(Choice())

    def _take(self, choice: Choice) -> None:
        self._choice = choice
        ui.navigate.history.replace(choice_query.game_address(self._id, choice))
        self._show()

    async def _open(self, bet_id: Any) -> None:
        if isinstance(bet_id, str) and bet_id:
            await self._dialog.open(bet_id)
