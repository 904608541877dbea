"""The page of curves: handle and PNL over time, of everything, of a sport, or of a game."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement
from pymysql.connections import Connection

from betpnl.api.pnl.answers import decimal_text
from betpnl.api.pnl.pool import UnavailableError
from betpnl.board.board import Board
from betpnl.board.curves import WIDTHS_S, Curve, Scope, curve
from betpnl.board.frame import frame
from betpnl.board.money import Money
from betpnl.board.pages import curve_choice
from betpnl.board.pages.curve_choice import Choice

# Naming it makes its script known to the pages: NiceGUI's wheel brings ECharts.
_CHART_SCRIPT = ui.echart

EVERY_S = 2.0
_FEW = 8
_FIGURES = (
    ("handle", "Handle"),
    ("expected_pnl", "Expected PNL"),
    ("realised_pnl", "Realised PNL"),
    ("total_pnl", "Total PNL"),
)
_NOTHING = {
    "all": "No bet has come in yet.",
    "sport": "No bet on this sport yet.",
    "game": "No bet on a game with this id yet.",
}


class CurveChart(Element, component="curve_chart.js"):
    """Four lines."""

    def __init__(self, board: Board, label: str) -> None:
        super().__init__()
        self._props["currency"] = board.settings.base_currency
        self._props["minor"] = board.base_minor
        self._props["label"] = label

    def show(self, curve_: Curve) -> None:
        """Draw these points."""
        self._props["curve"] = {
            "at": [int(at.replace(tzinfo=UTC).timestamp() * 1000) for at, _ in curve_.points],
            **{
                name: [decimal_text(getattr(figures, name)) for _, figures in curve_.points]
                for name, _ in _FIGURES
            },
        }
        self.update()


class Figures:
    """The table under the curve: now, and what the span added."""

    def __init__(self, board: Board, span: str) -> None:
        self._cells: dict[str, tuple[Money, Money]] = {}
        self.table = ui.element("table").classes("curve-figures")
        with self.table:
            with ui.element("tr"):
                for title in (board.settings.base_currency, "Now", f"Change in {span}"):
                    TextElement(tag="th", text=title).props["scope"] = "col"
            for name, title in _FIGURES:
                signed = name != "handle"
                with ui.element("tr"):
                    TextElement(tag="th", text=title).props["scope"] = "row"
                    with ui.element("td").classes("num"):
                        now = Money(None, minor=board.base_minor, signed=signed)
                    with ui.element("td").classes("num"):
                        change = Money(None, minor=board.base_minor, signed=True)
                now.props["data-now"] = name
                self._cells[name] = now, change

    def show(self, curve_: Curve) -> None:
        """Write what the curve ends at."""
        first, last = curve_.points[0].figures, curve_.now.figures
        for name, (now, change) in self._cells.items():
            now.show(getattr(last, name))
            change.show(getattr(last, name) - getattr(first, name))


def age_max_s(curve_width_s: int) -> float:
    """How old a curve may be: a long one costs MySQL more, and moves less."""
    return max(EVERY_S, curve_width_s / 10) - 0.1


def question(scope: Scope, span_minutes: int) -> Callable[[Connection], Curve]:
    """What to ask the database."""
    return lambda connection: curve(connection, scope, span_minutes)


def words(curve_: Curve) -> str:
    """What is to be said about a curve, '' if it speaks for itself."""
    if curve_.empty:
        return _NOTHING[curve_.scope.kind]
    if len({point.figures for point in curve_.points}) == 1:
        return "Nothing has changed in this time."
    if len(curve_.points) <= _FEW:
        return "A game's bets are summed by the minute, so a short time has few points."
    return ""


def install(board: Board) -> None:
    """Register the page: /curves?scope=sport&of=football&span=60."""

    @ui.page("/curves")
    def curves(scope: str = "", of: str = "", span: str = "", q: str = "") -> None:
        choice = Choice.read(scope, of, span, q, board.live.games.values())
        with frame(board, "Curves", "curves"):
            TextElement(tag="h1", text=f"Curves: {choice.title}")
            curve_choice.draw(choice)
            if choice.scope is not None:
                _draw(board, choice, choice.scope)


def _draw(board: Board, choice: Choice, scope: Scope) -> None:
    told = ui.label().classes("muted").props('role="status"')
    label = f"Handle and PNL of {choice.title} over {choice.span_title}; the table has the figures."
    chart = CurveChart(board, label)
    figures = Figures(board, choice.span_title)
    shown: list[Any] = []

    async def refresh() -> None:
        key = ("curve", scope, choice.span_minutes)
        width_s = WIDTHS_S[choice.span_minutes]
        try:
            found = await board.shared(
                key, age_max_s(width_s), question(scope, choice.span_minutes)
            )
        except UnavailableError as error:
            told.set_text(f"{error} What is shown is old.")
            return
        told.set_text(words(found))
        if shown != [found]:
            shown[:] = [found]
            chart.set_visibility(not found.empty)
            figures.table.set_visibility(not found.empty)
            chart.show(found)
            figures.show(found)

    ui.timer(EVERY_S, refresh)
