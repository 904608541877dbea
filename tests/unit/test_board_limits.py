"""What the page of limits and the badge say."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from pymysql.connections import Connection

from betpnl.board import limit_view
from betpnl.board.breach_badge import badge_text
from betpnl.limits.records import Limit
from betpnl.limits.watchdog import Watchdog
from betpnl.replay.clock import SystemClock
from tests.unit.test_limits_figures import game
from tests.unit.test_limits_judge import AT, limit, recorded

GAMES = {
    "g": msgspec.structs.replace(game("g"), home="<b>Ajax", away="Feyenoord"),
    "h": msgspec.structs.replace(game("h"), home=None, away=None),
}


def _nowhere() -> Connection:
    raise OSError


class Watching(Watchdog):
    """Knows these limits, as if it had read them."""

    def __init__(self, *limits: Limit) -> None:
        super().__init__(write=_nowhere, read=_nowhere, base_minor=2, clock=SystemClock())
        self._limits = limits


def shown(one: Limit, games: Mapping[str, Any] = GAMES) -> dict[str, Any]:
    watching = Watching(one)
    watching.on_figures(games)
    (row,) = limit_view.limits(watching, games)
    return row


def test_a_limit_shows_its_figure_and_how_much_of_the_room_is_used() -> None:
    row = shown(limit(bound="20"))

    assert (row["value"], row["bound"], row["used"], row["broken"]) == (
        "17.0000",
        "20.0000",
        0.85,
        False,
    )
    assert (row["subject"], row["address"]) == ("<b>Ajax \N{EN DASH} Feyenoord", "/game/g")
    assert shown(limit(bound="16.9999"))["broken"]
    assert shown(limit(bound="0.0001"))["used"] == 9.99


def test_a_limit_that_is_off_or_on_nothing_has_no_figure() -> None:
    assert shown(limit(enabled=False))["value"] is None
    assert shown(limit(game_id="gone"))["value"] is None
    assert shown(limit(game_id="gone"))["subject"] == "gone"


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({"scope": "total"}, "All games"),
        ({"scope": "sport", "sport": "tennis"}, "tennis"),
        ({"game_id": "h"}, "h"),
        ({"scope": "market", "game_id": "h", "market": "total", "line": "2.5"}, "h: total 2.5"),
    ],
)
def test_what_a_limit_is_about(changes: dict[str, Any], subject: str) -> None:
    assert shown(limit(**changes))["subject"] == subject


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, ""),
        ({"tell": True}, "being told"),
        ({"tell": True, "begin_notified_at": AT}, "told"),
        ({"tell": True, "begin_notified_at": AT, "ended_at": AT}, "being told"),
        (
            {"tell": True, "problem": "answered 503", "tries": 1},
            "not told yet: answered 503, tried 1 time",
        ),
    ],
)
def test_what_became_of_the_webhook(changes: dict[str, Any], told: str) -> None:
    (row,) = limit_view.breaches([replace(recorded(1, game_id="g"), **changes)], GAMES)

    assert row["told"] == told
    assert (row["began_value"], row["worst_value"]) == ("110.0000", "120.0000")


def test_games_are_found_by_id_and_team_the_exact_id_first() -> None:
    many = {f"g{number}": game(f"g{number}") for number in range(50)}

    assert [each["game_id"] for each in limit_view.matches("FEYENOORD", GAMES)] == ["g"]
    assert limit_view.matches("g7", many)[0]["game_id"] == "g7"
    assert len(limit_view.matches("", many)) == limit_view.MATCHES_MAX
    assert limit_view.matches("nobody", GAMES) == []


def test_the_badge_says_it_in_words() -> None:
    assert [badge_text(count) for count in (0, 1, 2)] == [
        "",
        "⚠ 1 limit passed",
        "⚠ 2 limits passed",
    ]
