"""The goals model against plain sums over scores, and bet builders by it."""

from decimal import Decimal
from itertools import permutations, product
from math import exp, factorial
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from betpnl.contract.records import Leg
from betpnl.model.goals import (
    GOALS_MAX,
    Rates,
    Tempo,
    rates_of_both,
    rates_of_result,
    score_grid,
    total_of_over,
)
from betpnl.model.recipe import Recipe
from betpnl.model.score_chances import (
    State,
    in_play_chance,
    joint_chance,
    market_chances,
    rates_before,
)

RECIPE = Recipe(method="proportional", sports={"football": 90.0}, tempo=Tempo())
RESULT = {"home": 2.0, "draw": 4.0, "away": 4.0}
TOTAL = {"over": 2.0, "under": 2.0}
RATES = st.floats(0.2, 4)


def poisson(rate: float, goals: int) -> float:
    return exp(-rate) * rate**goals / factorial(goals)


def plain(rates: Rates, wins: Any) -> float:
    """The probability of the scores for which ``wins`` is true, summed one by one."""
    return sum(
        poisson(rates.home, home) * poisson(rates.away, away)
        for home, away in product(range(40), repeat=2)
        if wins(home, away)
    )


def leg(market: str, selection: str, **fields: Any) -> Leg:
    prices = {"match_result": RESULT, "total_goals": TOTAL}.get(market)
    known = {
        "leg": 1, "game_id": "g", "sport": "football", "market": market, "selection": selection,
        "line": "2.5" if market == "total_goals" else "", "odds": Decimal(2),
        "market_odds": prices, **fields,
    }  # fmt: skip
    return Leg(**known)


def in_play(market: str, selection: str, minute: int, home: int, away: int, **more: Any) -> Leg:
    fields: dict[str, Any] = {
        "market_odds": None, "in_play": True, "minute": minute, "score_home": home,
        "score_away": away, "pre_match_odds": RESULT if market == "match_result" else TOTAL,
    }  # fmt: skip
    return leg(market, selection, **{**fields, **more})


@given(home=RATES, away=RATES)
def test_grid_is_the_plain_product_and_adds_up_to_one(home: float, away: float) -> None:
    grid = score_grid(Rates(home, away))

    assert grid.sum() == pytest.approx(1)
    assert grid.shape == (GOALS_MAX + 1, GOALS_MAX + 1)
    assert grid[2, 1] == pytest.approx(poisson(home, 2) * poisson(away, 1))


@given(home=RATES, away=RATES)
def test_rates_are_found_again_from_how_the_match_ends(home: float, away: float) -> None:
    grid = score_grid(Rates(home, away))
    ends = float(np.tril(grid, -1).sum()), float(np.trace(grid)), float(np.triu(grid, 1).sum())

    found = rates_of_result(*ends)

    assert found == pytest.approx((home, away), abs=1e-4)
    assert plain(found, lambda h, a: h > a) == pytest.approx(ends[0], abs=1e-4)


@given(home=RATES, away=RATES, line=st.sampled_from([0.5, 1.5, 2.5, 3, 4.5]))
def test_total_and_who_is_ahead_give_the_rates(home: float, away: float, line: float) -> None:
    rates = Rates(home, away)
    over = plain(rates, lambda h, a: h + a > line)
    under = plain(rates, lambda h, a: h + a < line)
    ahead = plain(rates, lambda h, a: h > a) - plain(rates, lambda h, a: h < a)

    total = total_of_over(over / (over + under), line)

    assert total == pytest.approx(home + away, rel=1e-3)
    assert rates_of_both(ahead, total) == pytest.approx(rates, rel=1e-2, abs=1e-2)


@given(total=st.floats(0.4, 8), line=st.sampled_from([0.75, 1.25, 2.25, 2.75, 4.25]))
def test_a_quarter_line_tells_the_total_by_what_is_not_given_back(
    total: float, line: float
) -> None:
    goals = {number: poisson(total, number) for number in range(60)}
    halves = line - 0.25, line + 0.25
    over = sum(chance for half in halves for n, chance in goals.items() if n > half)
    under = sum(chance for half in halves for n, chance in goals.items() if n < half)

    assert total_of_over(over / (over + under), line) == pytest.approx(total, rel=1e-3)


@settings(max_examples=200)
@given(*[st.floats(1e-6, 1.0)] * 3)
def test_any_market_has_rates(home: float, draw: float, away: float) -> None:
    whole = home + draw + away

    assert all(0 < rate <= 8 for rate in rates_of_result(home / whole, draw / whole, away / whole))


def test_tempo_runs_down_and_follows_the_lead() -> None:
    tempo = Tempo(first_half=0.4, leading=0.1, trailing=-0.2, length_min=95.0)

    assert tempo.remaining(0) == 1
    assert tempo.remaining(45) == pytest.approx(0.6)
    assert tempo.remaining(70) == pytest.approx(0.3)
    # Some is left as long as it has not ended.
    assert tempo.remaining(93) == tempo.remaining(95) == tempo.remaining(120)
    assert tempo.remaining(95) == pytest.approx(0.6 * 2.5 / 50)
    assert tempo.remaining(999) == 0
    assert tempo.rates(Rates(2, 1), 45, 1) == pytest.approx((1.2 * exp(0.1), 0.6 * exp(-0.2)))
    assert tempo.rates(Rates(2, 1), 45, -1) == pytest.approx((1.2 * exp(-0.2), 0.6 * exp(0.1)))


def test_chances_of_a_market_are_plain_sums_from_the_score_on() -> None:
    state = State(Rates(1.5, 1.1), 45.0, 1, 0)
    left = Tempo().rates(state.whole, 45.0, 1)

    result = market_chances(Tempo(), state, "match_result", "", ("away", "draw", "home"))
    total = market_chances(Tempo(), state, "total_goals", "3", ("over", "under"))

    assert sum(result.values()) == pytest.approx(1)
    assert result["draw"] == pytest.approx(plain(left, lambda h, a: h + 1 == a))
    over = plain(left, lambda h, a: h + a + 1 > 3)
    under = plain(left, lambda h, a: h + a + 1 < 3)
    assert total["over"] == pytest.approx(over / (over + under))


@pytest.mark.parametrize("minute", [90, 95, 96, 130])
def test_a_score_is_not_certain_while_the_game_goes_on(minute: int) -> None:
    scored = [in_play("match_result", side, minute, 1, 1) for side in RESULT]

    chances = {each.selection: in_play_chance(RECIPE, each) for each in scored}

    assert all(chance is not None for chance in chances.values())
    draw = chances["draw"]
    assert draw is not None
    assert 0.85 < draw.probability < 0.97


@given(
    minute=st.integers(0, 130),
    home=st.integers(0, 9),
    away=st.integers(0, 9),
    favourite=st.floats(1.001, 50),
)
def test_the_three_ends_of_a_game_add_up_to_one(
    minute: int, home: int, away: int, favourite: float
) -> None:
    prices = {"home": favourite, "draw": 6.0, "away": 1.0 / (1.05 - 1.0 / favourite - 1 / 6)}
    if not 1.0 < prices["away"] < 1000:
        return
    ends = [
        in_play_chance(
            RECIPE, in_play("match_result", side, minute, home, away, pre_match_odds=prices)
        )
        for side in prices
    ]

    chances = [end.probability for end in ends if end is not None]
    assert len(chances) == 3
    assert sum(chances) == pytest.approx(1, abs=1e-8)
    assert all(1e-6 <= chance <= 1 - 1e-6 for chance in chances)


def test_a_leg_in_play_without_a_price_of_the_moment_is_scored_by_its_score() -> None:
    ahead = in_play_chance(RECIPE, in_play("match_result", "home", 60, 2, 0))
    behind = in_play_chance(RECIPE, in_play("match_result", "home", 60, 0, 2))
    won = in_play_chance(RECIPE, in_play("total_goals", "over", 60, 3, 0))

    assert ahead is not None
    assert ahead.likeliest
    assert ahead.probability > 0.9
    assert behind is not None
    assert not behind.likeliest
    assert behind.probability < 0.1
    assert won is not None
    assert won.probability == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    "other",
    [
        {"sport": "cricket"},
        {"in_play": False},
        {"minute": None},
        {"score_home": None},
        {"pre_match_odds": None},
        {"pre_match_odds": {"home": 1.0, "draw": 3.0, "away": 3.0}},
        {"pre_match_odds": {"home": 1.9, "away": 1.9}},
        {"market_odds": {"home": 1.2, "draw": 6.0, "away": 12.0}},
        {"market": "corners"},
        {"market": "both_teams_to_score"},
    ],
)
def test_where_the_goals_model_does_not_apply_it_says_nothing(other: dict[str, Any]) -> None:
    scored = msgspec.structs.replace(in_play("match_result", "home", 60, 1, 0), **other)

    assert in_play_chance(RECIPE, scored) is None


@pytest.mark.parametrize("line", ["", "-1", "0.25", "2.75", "99999999", "1e9", "0"])
def test_no_line_of_a_total_breaks_it(line: str) -> None:
    scored = in_play_chance(RECIPE, in_play("total_goals", "over", 10, 0, 0, line=line))

    assert scored is None or 0 < scored.probability < 1


def test_joint_chance_is_the_plain_sum_over_the_scores_where_all_legs_win() -> None:
    legs = leg("match_result", "home"), leg("total_goals", "over")
    rates = rates_before(RECIPE, [("match_result", "", RESULT), ("total_goals", "2.5", TOTAL)])
    assert rates is not None

    joint = joint_chance(RECIPE, legs)

    assert joint == pytest.approx(plain(rates, lambda h, a: h > a and h + a > 2.5), abs=1e-6)
    assert joint > 0.5 * 0.5  # whoever wins has scored


def test_a_builder_that_may_be_given_back_counts_as_it_settles() -> None:
    """A draw loses the first leg, whatever the second then gives back."""
    legs = leg("match_result", "home"), leg("draw_no_bet", "home")

    assert joint_chance(RECIPE, legs) == joint_chance(RECIPE, legs[:1])


def test_each_half_of_a_builder_on_a_quarter_line_settles_by_itself() -> None:
    legs = leg("match_result", "home"), leg("total_goals", "over", line="2.75")
    offered = [("match_result", "", RESULT), ("total_goals", "2.75", TOTAL)]
    rates = rates_before(RECIPE, offered)
    assert rates is not None
    # One half on over 2.5, which no score gives back; one on over 3, which three goals do.
    wins = plain(rates, lambda h, a: h > a and h + a > 2.5)
    wins += plain(rates, lambda h, a: h > a and h + a > 3)
    loses = plain(rates, lambda h, a: not (h > a and h + a > 2.5))
    loses += plain(rates, lambda h, a: h <= a or h + a < 3)

    assert joint_chance(RECIPE, legs) == pytest.approx(wins / (wins + loses), abs=1e-6)


def test_joint_chances_of_all_that_can_happen_add_up_to_one() -> None:
    found = [
        joint_chance(RECIPE, (leg("match_result", side), leg("total_goals", goals)))
        for side in RESULT
        for goals in TOTAL
    ]

    assert sum(chance or 0 for chance in found) == pytest.approx(1, abs=1e-5)


def test_legs_that_exclude_each_other_are_all_but_impossible() -> None:
    assert joint_chance(RECIPE, (leg("match_result", "home"), leg("match_result", "away"))) == 1e-6


MOVED = {"home": 1.05, "draw": 15.0, "away": 60.0}


@pytest.mark.parametrize(
    "second",
    [
        in_play("total_goals", "over", 61, 1, 0),
        in_play("total_goals", "over", 60, 1, 1),
        in_play("match_result", "home", 60, 1, 0, market_odds=MOVED),
        in_play("match_result", "home", 60, 1, 0, market_odds=MOVED, pre_match_odds=None),
    ],
    ids=["another minute", "another score", "a price that moved", "no price from before"],
)
def test_legs_of_several_moments_or_with_a_price_of_the_moment_have_no_joint_chance(
    second: Leg,
) -> None:
    first = in_play("match_result", "home", 60, 1, 0)
    third = in_play("total_goals", "over", 60, 1, 0)

    assert joint_chance(RECIPE, (first, third)) is not None
    assert joint_chance(RECIPE, (first, second)) is None
    assert joint_chance(RECIPE, (first, third, second)) is None


def test_a_price_that_did_not_move_since_is_none_of_the_moment() -> None:
    legs = [in_play("match_result", "home", 60, 1, 0, market_odds=odds) for odds in (RESULT, None)]
    total = in_play("total_goals", "over", 60, 1, 0)

    one, other = (joint_chance(RECIPE, (leg, total)) for leg in legs)

    assert one == other
    assert one is not None


def test_the_order_of_legs_changes_nothing() -> None:
    totals = [
        leg("total_goals", "over", market_odds={"over": 1.2, "under": 4.5}),
        leg("total_goals", "under", line="3.5", market_odds={"over": 2.1, "under": 1.75}),
        leg("total_goals", "under", line="4.5", market_odds={"over": 4.0, "under": 1.25}),
        leg("match_result", "home"),
        leg("match_result", "draw", market_odds={"home": 1.8, "draw": 4.0, "away": 5.0}),
    ]

    found = {joint_chance(RECIPE, legs) for legs in permutations(totals[:3])}
    both = {rates_before(RECIPE, [(each.market, each.line, each.market_odds or {})
                                  for each in legs]) for legs in permutations(totals)}  # fmt: skip

    assert len(found) == len(both) == 1
    # By the line that is nearest to even.
    assert found == {joint_chance(RECIPE, [totals[0], totals[1]])}


@pytest.mark.parametrize(
    ("alone", "expected"),
    [((0.3, 0.9), 0.3), ((0.9, 0.9), 0.8), ((None, 0.3), 0.3), ((None, 0.9), None), ((), None)],
)
def test_legs_together_stay_within_what_each_of_them_leaves_possible(
    alone: tuple[float | None, ...], expected: float | None
) -> None:
    legs = leg("match_result", "home"), leg("total_goals", "over")
    free = joint_chance(RECIPE, legs)
    assert free is not None
    assert 0.3 < free < 0.8

    found = joint_chance(RECIPE, legs, alone)

    assert found == pytest.approx(free if expected is None else expected)


def test_where_a_stake_may_come_back_chances_leave_no_least_for_legs_together() -> None:
    legs = leg("match_result", "home"), leg("total_goals", "over", line="3")

    assert joint_chance(RECIPE, legs, (0.9, 0.9)) == joint_chance(RECIPE, legs)


@pytest.mark.parametrize(
    "second",
    [
        leg("corners", "over", line="9.5"),
        leg("match_result", "home", sport="cricket"),
        in_play("match_result", "home", 20, 0, 0),
    ],
    ids=["no score decides it", "another sport", "one in play"],
)
def test_a_builder_with_a_leg_out_of_reach_has_no_joint_chance(second: Leg) -> None:
    assert joint_chance(RECIPE, (leg("match_result", "home"), second)) is None
