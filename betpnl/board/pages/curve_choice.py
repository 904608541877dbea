"""What a page of curves is about: read from its address, chosen by a form and by links.

All of it stands in the address, so a curve can be kept, sent and opened again, and the form works
as forms do, with the keyboard alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from betpnl.api.pnl.answers import GamePnl
from betpnl.board.curves import WIDTHS_S, Scope

SPAN = 60
SPANS = {1: "1 min", 5: "5 min", 15: "15 min", 60: "1 hour", 360: "6 hours", 1440: "1 day"}
MATCHES_MAX = 30
_DASH = "\N{EN DASH}"


@dataclass(frozen=True)
class Choice:
    """What was asked for. scope: None while a search found no single game.

    sports: those to choose from. matches: games by id and name. problem: what cannot be, ''.
    """

    scope: Scope | None
    title: str
    span_minutes: int
    sports: tuple[str, ...] = ()
    search: str = ""
    matches: tuple[tuple[str, str], ...] = ()
    problem: str = ""

    @property
    def span_title(self) -> str:
        """The span in words."""
        return SPANS[self.span_minutes]

    @classmethod
    def read(cls, scope: str, of: str, span: str, q: str, games: Iterable[GamePnl]) -> Choice:
        """From the parts of the address, whatever they hold."""
        known = list(games)
        minutes = {str(minutes): minutes for minutes in WIDTHS_S}.get(span, SPAN)
        problem = "" if span in ("", str(minutes)) else "There is no such span: this is an hour."
        sports = {game.sport for game in known} | ({of} if scope == "sport" and of else set())
        found: dict[str, Any] = {"scope": Scope(), "title": "all games"}
        if scope == "sport" and of:
            found = {"scope": Scope("sport", of), "title": of}
        elif scope == "game" and of:
            names = {game.game_id: _name(game) for game in known if game.game_id == of}
            found = {"scope": Scope("game", of), "title": names.get(of, of)}
        elif scope == "game" and q:
            found = _search(q, known)
        elif scope not in ("", "all", "sport"):
            problem = "Choose a sport or a game: these are all games."
        found.setdefault("problem", problem)
        return cls(span_minutes=minutes, sports=tuple(sorted(sports)), **found)


def _search(q: str, games: list[GamePnl]) -> dict[str, Any]:
    """The game of this id, or the games whose names hold the text."""
    text = q.strip().casefold()
    exact = [game for game in games if game.game_id == q.strip()]
    found = exact or [game for game in games if text in f"{game.game_id} {_name(game)}".casefold()]
    if len(found) == 1:
        (game,) = found
        return {"scope": Scope("game", game.game_id), "title": _name(game), "search": q}
    matches = sorted(((game.game_id, _name(game)) for game in found), key=lambda one: one[1])
    if not matches:
        problem = "No game of the last day has this in its id or name."
    elif len(matches) > MATCHES_MAX:
        problem = f"{len(matches)} games match; these are the first {MATCHES_MAX}."
    else:
        problem = f"{len(matches)} games match."
    return {
        "scope": None,
        "title": f"games with “{q}”",
        "search": q,
        "matches": tuple(matches[:MATCHES_MAX]),
        "problem": problem,
    }


def _name(game: GamePnl) -> str:
    return f"{game.home} {_DASH} {game.away}" if game.home or game.away else game.game_id


def address(scope: Scope, span_minutes: int) -> str:
    """Where a curve stands."""
    parts = {"scope": scope.kind, "of": scope.of, "span": str(span_minutes)}
    return "/curves?" + urlencode({name: part for name, part in parts.items() if part})


def draw(choice: Choice) -> None:
    """The links and forms by which another curve is chosen, and what was found."""
    with ui.element("div").classes("curve-tools"):
        _scopes(choice)
        _search_form(choice)
        if choice.scope is not None:
            _spans(choice, choice.scope)
    if choice.problem:
        ui.label(choice.problem).classes("muted").props('role="status"')
    if choice.matches:
        with ui.element("ul").classes("curve-matches"):
            for game_id, name in choice.matches:
                with ui.element("li"):
                    ui.link(name, address(Scope("game", game_id), choice.span_minutes))
                    TextElement(tag="span", text=f" {game_id}").classes("muted")


def _scopes(choice: Choice) -> None:
    with _form("sport", choice.span_minutes), TextElement(tag="label", text="Sport "):
        select = ui.element("select").classes("control")
        select.props["name"] = "of"
        select.on("change", js_handler="(event) => event.target.form.requestSubmit()")
        with select:
            _option("", "all games", chosen=choice.scope == Scope())
            for sport in choice.sports:
                _option(sport, sport, chosen=choice.scope == Scope("sport", sport))
            if choice.scope is None or choice.scope.kind == "game":
                _option("", _DASH, chosen=True)


def _search_form(choice: Choice) -> None:
    with _form("game", choice.span_minutes):
        field = ui.element("input").classes("control")
        field.props.update(
            {
                "type": "search",
                "name": "q",
                "value": choice.search,
                "placeholder": "Game: id or team",
                "aria-label": "Game: id or team",
                "required": True,
            }
        )
        TextElement(tag="button", text="Show game").classes("control").props["type"] = "submit"


def _spans(choice: Choice, scope: Scope) -> None:
    with ui.element("nav").classes("curve-spans").props('aria-label="Time"'):
        for minutes, title in SPANS.items():
            link = ui.link(title, address(scope, minutes)).classes("control")
            if minutes == choice.span_minutes:
                link.props["aria-current"] = "true"


def _form(scope: Literal["sport", "game"], span_minutes: int) -> Any:
    form = ui.element("form")
    form.props.update({"action": "/curves", "method": "get"})
    with form:
        for name, value in (("scope", scope), ("span", str(span_minutes))):
            ui.element("input").props.update({"type": "hidden", "name": name, "value": value})
    return form


def _option(value: str, text: str, *, chosen: bool) -> None:
    option = TextElement(tag="option", text=text)
    option.props["value"] = value
    if chosen:
        option.props["selected"] = True
