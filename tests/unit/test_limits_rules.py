"""What a limit may say, and which figures lie beyond it."""

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.errors import UserError
from betpnl.limits import checks
from betpnl.limits.records import MEASURES, Rule

GAME = {"scope": "game", "game_id": "g1", "measure": "liability", "bound": "500"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scope": "league"}, "scope: must be one of total, sport, game, market."),
        ({"measure": "handle"}, "measure: must be one of liability"),
        ({"game_id": ""}, "game_id: a limit of scope game needs a game."),
        ({"scope": "sport"}, "sport: a limit of scope sport needs a sport."),
        ({"scope": "market"}, "market: a limit of scope market needs a market."),
        ({"scope": "market", "market": "m", "measure": "total_pnl"}, "measure: a market has no"),
        ({"bound": "1.00001"}, "bound: must have at most 4 decimals."),
        ({"bound": "9" * 27}, "bound: must have at most 26 digits"),
        ({"bound": "-0.0001"}, "bound: liability is never below 0"),
        ({"game_id": "g" * 65}, "game_id: must have at most 64 characters."),
        ({"note": "n" * 256}, "note: must have at most 255 characters."),
        ({"note": "a\nb"}, "note: must not hold control characters."),
        ({"game_id": "\ud800"}, "game_id: must not hold control characters."),
    ],
)
def test_a_fault_is_a_sentence_that_begins_with_the_field(
    changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(UserError) as caught:
        checks.rule(**{**GAME, **changes})
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    "text", ["", "x", "1e9", "1_000", "NaN", "Infinity", "1,5", ".5", "٣", "--1"]
)
def test_a_bound_is_written_out(text: str) -> None:
    with pytest.raises(UserError, match="bound: must be a number such as"):
        checks.bound_of(text)


@given(st.decimals(-(10**22), 10**22, places=4))
def test_a_bound_is_exact(amount: D) -> None:
    assert checks.bound_of(f"{amount:f}") == amount
    assert checks.bound_of(f" {amount:f}000 ") == amount
    assert not checks.bound_of("-0").is_signed()


def test_texts_that_the_scope_has_no_use_for_are_left_out() -> None:
    assert checks.rule(**GAME, sport="tennis", market="m", line="2.5") == Rule(
        scope="game", game_id="g1", measure="liability", bound=D(500)
    )


@given(st.sampled_from(MEASURES), st.decimals(-100, 100, places=4), st.decimals(-9, 9, places=4))
def test_the_bound_is_within_and_the_side_is_the_measures(
    measure: Any, bound: D, beyond: D
) -> None:
    rule = Rule(scope="total", measure=measure, bound=bound)

    assert not rule.is_broken_by(bound)
    side = 1 if measure == "liability" else -1
    assert rule.is_broken_by(bound + beyond) == (side * beyond > 0)
    assert rule.worse(bound, bound + beyond) == (bound + beyond if side * beyond > 0 else bound)


@pytest.mark.parametrize(
    ("measure", "bound", "value", "used"),
    [
        ("liability", "200", "50", D("0.25")),
        ("liability", "200", "300", D("1.5")),
        ("liability", "0", "300", None),
        ("worst_case", "-200", "-50", D("0.25")),
        ("worst_case", "-200", "70", D(0)),
        ("total_pnl", "100", "70", None),
    ],
)
def test_how_much_of_the_room_is_used(measure: Any, bound: str, value: str, used: D | None) -> None:
    assert Rule(scope="total", measure=measure, bound=D(bound)).used(D(value)) == used
