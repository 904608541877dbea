"""Bets that are not what their kind says, or that cannot win."""

from __future__ import annotations

import json
from typing import Any

import pytest

from betpnl.contract.reading import Rejected
from tests.unit.contract_records import ARRIVED_MS, BET, LEG, READERS, Json


def legs(*changes: dict[str, Any]) -> list[Json]:
    """Legs of games of their own, unless the change says otherwise."""
    return [
        {**LEG, "leg": number, "game_id": f"g{number}", **change}
        for number, change in enumerate(changes, start=1)
    ]


def fault(**changes: Any) -> str | None:
    try:
        READERS["bets"].read(json.dumps({**BET, **changes}).encode(), ARRIVED_MS)
    except Rejected as rejected:
        return str(rejected)
    return None


FOUR = legs({}, {}, {}, {})
SYSTEM = {"bet_type": "system", "legs": FOUR}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({**SYSTEM}, "system: missing on a bet of bet_type system"),
        (
            {**SYSTEM, "system": {"sizes": [2, 5]}},
            "system.sizes[1]: is 5, but only 4 legs are no bankers",
        ),
        (
            {**SYSTEM, "system": {"sizes": [3], "bankers": [1, 2]}},
            "system.sizes[0]: is 3, but only 2 legs are no bankers",
        ),
        (
            {**SYSTEM, "system": {"sizes": [1], "bankers": [5]}},
            "system.bankers[0]: is 5, but there are 4 legs",
        ),
        ({**SYSTEM, "system": {"sizes": [1], "bankers": [2, 2]}}, "system.bankers: names a leg"),
        ({**SYSTEM, "system": {"sizes": [2, 2]}}, "system.sizes: names a size twice"),
        ({**SYSTEM, "system": {"sizes": []}}, "Expected `array` of length >= 1"),
        (
            {"bet_type": "system", "legs": legs(*[{}] * 20), "system": {"sizes": [10]}},
            "system: makes 184756 lines; at most 20000 are taken",
        ),
        (
            {"bet_type": "each_way", "each_way": {"fraction": 0}},
            "each_way.fraction: must be above 0",
        ),
        (
            {"bet_type": "each_way", "each_way": {"fraction": 1.25}},
            "each_way.fraction: must be at most 1",
        ),
        (
            {"bet_type": "bet_builder", "odds": 6, "legs": legs({}, {})},
            "legs: a bet_builder has all of them in one game",
        ),
        ({"bet_type": "bet_builder", "legs": legs(*[{"game_id": "g"}] * 2)}, "odds: missing on"),
        (
            {"bet_type": "accumulator", "legs": FOUR, "each_way": {"fraction": 0.2}},
            "each_way: does",
        ),
        ({"status": "cashed_out"}, "cash_out: missing on a bet that is cashed out"),
        (
            {"cash_out": {"fraction": 1.5, "amount": 1}},
            "cash_out.fraction: must be at most 1",
        ),
        ({"stake_type": "borrowed"}, "Invalid enum value 'borrowed'"),
    ],
)
def test_what_does_not_go_together_is_rejected_with_its_field(
    changes: dict[str, Any], reason: str
) -> None:
    said = fault(**changes)

    assert said is not None
    assert said.startswith(reason)


@pytest.mark.parametrize(
    "changes",
    [
        {**SYSTEM, "system": {"sizes": [1, 2, 3, 4]}},
        {**SYSTEM, "system": {"sizes": [2], "bankers": [1, 4]}},
        {"bet_type": "each_way", "each_way": {"fraction": 0.2}},
        {"bet_type": "each_way", "each_way": {"fraction": "0.25"}, "legs": FOUR},
        {"stake_type": "bonus"},
        {"cash_out": {"fraction": 1, "amount": 25}, "status": "cashed_out"},
    ],
)
def test_every_kind_is_taken(changes: dict[str, Any]) -> None:
    assert fault(**changes) is None


def same_game(*picks: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "bet_type": "bet_builder",
        "odds": 5,
        "legs": legs(
            *(
                {"game_id": "g", "market": market, "line": line, "selection": name}
                for market, line, name in picks
            )
        ),
    }


BOTH = "both_teams_to_score"


@pytest.mark.parametrize(
    "picks",
    [
        [("total_goals", "2.5", "over"), ("total_goals", "2.5", "under")],
        [("total_goals", "3.5", "over"), ("total_goals", "2.5", "under")],
        [("total_goals", "1.5", "under"), (BOTH, "", "yes")],
        [("correct_score", "", "1-0"), ("total_goals", "2.5", "over")],
        [("correct_score", "", "1-0"), ("correct_score", "", "2-0")],
        [("asian_handicap", "-1.5", "home"), ("double_chance", "", "draw_or_away")],
        [("total_points", "221.5", "under"), ("asian_handicap", "-230.5", "home")],
        [("odd_even", "", "odd"), ("correct_score", "", "2-2")],
        [("corners", "", "most"), ("corners", "", "most")],
        [("match_result", "", "home"), ("match_result", "", "away")],
        [("match_result", "", "home"), ("match_result", "", "draw")],
        [("match_result", "", "home"), ("correct_score", "", "1-1")],
        [("european_handicap", "-1", "home"), ("european_handicap", "-1", "draw")],
    ],
)
def test_legs_that_cannot_all_win_are_rejected(picks: list[tuple[str, str, str]]) -> None:
    assert "legs: 1 and 2" in (fault(**same_game(*picks)) or "")


@pytest.mark.parametrize(
    "picks",
    [
        [("total_goals", "2.5", "over"), ("total_goals", "3.5", "under")],
        [("total_goals", "2.5", "under"), (BOTH, "", "yes")],
        [("match_result", "", "home"), ("total_goals", "2.5", "over"), (BOTH, "", "yes")],
        [("correct_score", "", "3-1"), ("asian_handicap", "-1.5", "home")],
        [("total_points", "221.5", "over"), ("asian_handicap", "-30.5", "home")],
        [("asian_handicap", "-220.5", "home"), ("total_points", "221.5", "over")],
        [("odd_even", "", "even"), (BOTH, "", "no"), ("total_goals", "7.5", "over")],
        [("scorer", "", "Smith"), ("scorer", "", "Jones")],
        [("asian_handicap", "-0.25", "home"), ("correct_score", "", "0-0")],
    ],
)
def test_legs_that_can_win_together_are_taken(picks: list[tuple[str, str, str]]) -> None:
    said = fault(**same_game(*picks))
    # Half a handicap of -0.25 is lost by a draw, and half of it handed back.
    assert said is None


def test_a_contradiction_is_found_in_an_accumulator_over_other_games() -> None:
    picks = legs({}, {"game_id": "g1", "selection": "away"}, {})
    known = {"home": 2.35, "draw": 3.4, "away": 3.1}
    for pick in picks:
        pick["market_odds"] = known

    said = fault(bet_type="accumulator", legs=picks)

    assert said is not None
    assert said.startswith("legs: 1 and 2 contradict each other")
