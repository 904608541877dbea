"""The parts of a game's and a bet's page. Each is drawn in the browser from one plain value, so
that only what changed is sent, and nothing that has the focus is made anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from betpnl.board.board import Board

_HEAD = '<link rel="stylesheet" href="/static/game.css">'


class Part(Element):
    """A part with a value, None before there is one."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self._props["value"] = None
        self._props["minor"] = board.base_minor
        self._props["currency"] = board.settings.base_currency

    @property
    def is_empty(self) -> bool:
        """Whether it has no value yet."""
        return self._props["value"] is None

    def show(self, value: Any) -> None:
        """Another value; nothing is sent if it is the same."""
        if self._props["value"] != value:
            self._props["value"] = value
            self.update()

    def told(self, event: str, handler: Callable[[Any], Any]) -> None:
        """Call back with what the browser sends; it may send anything."""

        def take(sent: GenericEventArguments) -> Any:
            return handler(sent.args)

        self.on(event, take)


class GameHead(Part, component="pages/game_head.js"):
    """Who plays, how it stands, the PNL in its parts."""


class Ladder(Part, component="pages/game_ladder.js"):
    """A market. Tells `choose` with a selection."""


class WhatIfLine(Part, component="pages/game_what_if.js"):
    """The score to choose and what a choice brings. Tells `score` with [home, away] or None, and
    `clear`."""


class BetTable(Part, component="pages/game_bets.js"):
    """Latest bets. Tells `open` with a bet's id."""


class RejectTable(Part, component="pages/game_rejects.js"):
    """Rejected bets. Tells `open` with a bet's id."""


class BetCard(Part, component="pages/bet_card.js"):
    """A bet with its legs, its versions and what became of it."""


def style() -> None:
    """What the parts look like; call it once a page."""
    ui.add_head_html(_HEAD)
