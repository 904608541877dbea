"""The page of curves: what its address says, and what it says in words."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.api.pnl.answers import GamePnl
from betpnl.board.curve_points import Figures, Grid, walk_back
from betpnl.board.curves import WIDTHS_S, Curve, Scope
from betpnl.board.pages.curve_choice import MATCHES_MAX, SPANS, Choice, address
from betpnl.board.pages.curves import age_max_s, words

ZERO = Decimal(0)
NOW = datetime(2026, 11, 25, 12, 34, 56)


def _game(game_id: str, home: str | None = None, sport: str = "football") -> GamePnl:
    counts = ("bets", "settled_bets", "open_bets")
    words_ = {
        "game_id": game_id,
        "sport": sport,
        "competition": None,
        "home": home,
        "away": None if home is None else "Away",
        "starts_at": None,
        "status": None,
        "minute": None,
        "score_home": None,
        "score_away": None,
        "updated_at": "2026-11-25T12:00:00.000Z",
    }
    money = {
        name: 0 if name in counts else ZERO
        for name in GamePnl.__struct_fields__
        if name not in words_
    }
    return GamePnl(**words_, **money)  # type: ignore[arg-type]


GAMES = [_game("g1", "Arsenal"), _game("g2", "Armadale"), _game("g3", sport="tennis")]


def _read(query: str) -> Choice:
    parts = {name: values[0] for name, values in parse_qs(query).items()}
    return Choice.read(*(parts.get(name, "") for name in ("scope", "of", "span", "q")), GAMES)


@given(
    st.sampled_from(["sport", "game"]),
    st.text(min_size=1, max_size=64),
    st.sampled_from(sorted(SPANS)),
)
def test_an_address_opens_the_curve_that_it_was_made_of(kind: str, of: str, span: int) -> None:
    scope = Scope(kind, of)  # type: ignore[arg-type]
    choice = _read(urlsplit(address(scope, span)).query)

    assert (choice.scope, choice.span_minutes, choice.problem) == (scope, span, "")


def test_every_span_has_its_words() -> None:
    assert set(SPANS) == set(WIDTHS_S)


@pytest.mark.parametrize("query", ["", "scope=all", "scope=sport&of=", "span=60"])
def test_without_a_choice_it_is_all_games_over_an_hour(query: str) -> None:
    choice = _read(query)

    assert (choice.scope, choice.span_minutes, choice.problem) == (Scope(), 60, "")
    assert choice.sports == ("football", "tennis")


@pytest.mark.parametrize(
    "query", ["scope=planet&of=x", "scope=game", "span=7", "span=x", "span=-1"]
)
def test_what_cannot_be_shows_all_games_and_says_so(query: str) -> None:
    choice = _read(query)

    assert (choice.scope, choice.span_minutes) == (Scope(), 60)
    assert choice.problem


def test_a_search_that_finds_one_game_shows_it() -> None:
    assert _read("scope=game&q=arsenal").scope == Scope("game", "g1")
    assert _read("scope=game&q=arsenal").title == "Arsenal \N{EN DASH} Away"
    assert _read("scope=game&q= g2 ").scope == Scope("game", "g2")


def test_a_search_that_finds_several_offers_them_and_one_that_finds_none_says_so() -> None:
    several = _read("scope=game&q=AR")
    assert several.scope is None
    assert [game_id for game_id, _ in several.matches] == ["g2", "g1"]
    none = _read("scope=game&q=<script>")
    assert (none.scope, none.matches) == (None, ())
    assert "No game" in none.problem
    many = Choice.read("game", "", "", "g", [_game(f"g{number}") for number in range(100)])
    assert len(many.matches) == MATCHES_MAX
    assert many.problem.startswith("100 games match")


def _curve(scope: Scope, present: Figures, steps: dict[int, Figures], *, empty: bool) -> Curve:
    points = walk_back(Grid.of(NOW, 60, 60), present, steps)
    return Curve(scope, 60, 60, points, empty)


def test_what_has_no_bets_and_what_stood_still_is_said_in_words() -> None:
    ten = Figures(Decimal(10), ZERO, ZERO, ZERO)

    for scope in (Scope(), Scope("sport", "x"), Scope("game", "x")):
        assert words(_curve(scope, Figures(), {}, empty=True)).startswith("No bet")
    assert words(_curve(Scope(), ten, {}, empty=False)) == "Nothing has changed in this time."
    assert words(_curve(Scope(), ten, {59: ten}, empty=False)) == ""


def test_a_long_curve_is_read_less_often() -> None:
    ages = [age_max_s(width) for width in sorted(set(WIDTHS_S.values()))]

    assert ages == sorted(ages)
    assert ages[0] < 2
    assert 10 < ages[-1] <= 30
