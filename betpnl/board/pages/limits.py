"""The page of limits: what is passed now, each limit with its present figure, and what was."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement
from starlette.requests import Request

from betpnl.api.pnl.pool import UnavailableError
from betpnl.board import limit_view
from betpnl.board.board import Board
from betpnl.board.frame import frame
from betpnl.board.game_parts import Part
from betpnl.contract.limits import ID_LENGTH_MAX
from betpnl.errors import UserError
from betpnl.limits import breaches, checks

EVERY_S = 0.5
HISTORY_EVERY_S = 2.0
HISTORY_MAX = 100
_HEAD = '<link rel="stylesheet" href="/static/limits.css">'
_FIELDS = ("scope", "measure", "bound", "sport", "game_id", "market", "line", "note")
_NOT_ALLOWED = "Your token may not set limits; it lacks the scope limits:write."


class BreachTable(Part, component="limits_breaches.js"):
    """Breaches. Tells `acknowledge` with a breach's id."""


class LimitTable(Part, component="limits_table.js"):
    """Limits, and the form. Tells `save`, `enable` and `remove` with what is to be done, and
    `look` with what is typed in for a game."""

    def answer(self, problem: str) -> None:
        """What became of the last action; '' if it was done."""
        number = self._props.get("answer", {}).get("number", 0) + 1
        self._props["answer"] = {"number": number, "problem": problem}
        self.update()

    def choices(self, **found: Any) -> None:
        """What a form may choose from."""
        self._props["choices"] = {**self._props.get("choices", {}), **found}
        self.update()


class Shown:
    """What all viewers see, made once a moment however many they are."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._at_s = float("-inf")
        self._open: list[dict[str, Any]] = []
        self._limits: list[dict[str, Any]] = []

    def read(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Open breaches, and limits."""
        now_s = time.monotonic()
        if now_s - self._at_s > EVERY_S * 0.9:
            games, watchdog = self._board.live.games, self._board.limits
            self._at_s = now_s
            self._open = limit_view.open_breaches(watchdog, games)
            self._limits = limit_view.limits(watchdog, games)
        return self._open, self._limits


def install(board: Board) -> None:
    """Register the page: /limits?game=g1 begins a limit on that game."""
    shown = Shown(board)

    @ui.page("/limits")
    def limits(request: Request, game: str = "") -> None:
        LimitsPage(board, shown, request, game[:ID_LENGTH_MAX])


class LimitsPage:
    """One viewer's page. What it shows stands in memory; the history is read once for all."""

    def __init__(self, board: Board, shown: Shown, request: Request, game_id: str) -> None:
        self._board, self._shown, self._request = board, shown, request
        person = board.door.who(request)
        may_set = person is not None and person.may_set_limits
        ui.add_head_html(_HEAD)
        with frame(board, "Limits", "limits"):
            TextElement(tag="h1", text="Limits")
            self._problem = ui.label().classes("limits-problem").props('role="status"')
            self._open = BreachTable(board)
            self._open.props["open"] = True
            self._limits = LimitTable(board)
            self._limits.props["game"] = game_id
            self._past = BreachTable(board)
        for part in (self._open, self._limits, self._past):
            part.props["may_set"] = may_set
        self._limits.told("save", self._save)
        self._limits.told("enable", self._enable)
        self._limits.told("remove", self._remove)
        self._limits.told("look", self._look)
        self._open.told("acknowledge", self._acknowledge)
        self._refresh()
        ui.timer(EVERY_S, self._refresh)
        ui.timer(HISTORY_EVERY_S, self._refresh_history)

    def _refresh(self) -> None:
        breaches_, limits = self._shown.read()
        self._open.show(breaches_)
        self._limits.show(limits)
        self._problem.set_text(
            "Limits cannot be read or written now: MySQL does not let the board. It goes on trying."
            if self._board.limits.problem
            else ""
        )

    async def _refresh_history(self) -> None:
        try:
            found = await self._board.shared(
                "limit_history",
                HISTORY_EVERY_S * 0.9,
                lambda connection: breaches.history(connection, HISTORY_MAX),
            )
        except UnavailableError:
            return
        ended = [breach for breach in found if breach.ended_at is not None]
        self._past.show(limit_view.breaches(ended, self._board.live.games))

    async def _save(self, sent: Any) -> None:
        form = sent if isinstance(sent, dict) else {}
        texts = {name: str(form.get(name) or "") for name in _FIELDS}
        limit_id, version = _number(form.get("limit_id")), _number(form.get("version"))

        def act(by: str) -> None:
            rule, desk = checks.rule(**texts), self._board.limits.desk
            if limit_id is None or version is None:
                desk.add(rule, by)
            else:
                desk.change(limit_id, rule, version=version, enabled=form.get("enabled") is True)

        await self._act(act)

    async def _enable(self, sent: Any) -> None:
        form = sent if isinstance(sent, dict) else {}
        limit_id, enabled = _number(form.get("limit_id")), form.get("enabled") is True
        if limit_id is not None:
            await self._act(lambda _: self._board.limits.desk.enable(limit_id, enabled))

    async def _remove(self, sent: Any) -> None:
        limit_id = _number(sent)
        if limit_id is not None:
            await self._act(lambda _: self._board.limits.desk.delete(limit_id))

    async def _acknowledge(self, sent: Any) -> None:
        breach_id = _number(sent)
        if breach_id is not None:
            await self._act(lambda by: self._board.limits.desk.acknowledge(breach_id, by))

    async def _act(self, action: Callable[[str], object]) -> None:
        # Asked anew each time: a token may have been taken back since the page was drawn.
        person = self._board.door.who(self._request)
        if person is None or not person.may_set_limits:
            self._limits.answer(_NOT_ALLOWED)
            return
        try:
            await asyncio.to_thread(action, person.name)
        except (UserError, UnavailableError) as error:
            self._limits.answer(str(error))
            return
        self._limits.answer("")

    async def _look(self, sent: Any) -> None:
        text = str(sent)[:ID_LENGTH_MAX].strip()
        games = self._board.live.games
        self._limits.choices(
            sports=sorted({game.sport for game in games.values()}),
            games=limit_view.matches(text, games),
            markets=await self._markets(text),
        )

    async def _markets(self, game_id: str) -> list[dict[str, str]]:
        if game_id not in self._board.live.games:
            return []
        try:
            return await self._board.shared(
                ("limit_markets", game_id),
                HISTORY_EVERY_S,
                lambda connection: limit_view.markets(connection, game_id),
            )
        except UnavailableError:
            return []


def _number(sent: Any) -> int | None:
    return sent if isinstance(sent, int) and not isinstance(sent, bool) else None
