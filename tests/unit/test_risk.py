"""Worst and best case of a game against every final score, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl import score_markets
from betpnl.pnl import Outcome, SelectionSums
from betpnl.risk.bounds import bounds
from betpnl.risk.positions import UNITS, Market, Position, brings, markets
from betpnl.score_markets import Score

D = Decimal
SELECTIONS = {
    "match_result": ("home", "draw", "away"),
    "moneyline": ("home", "away"),
    "double_chance": ("1x", "12", "x2"),
    "draw_no_bet": ("home", "away"),
    "total_goals": ("over", "under"),
    "asian_handicap": ("home", "away"),
    "european_handicap": ("home", "draw", "away"),
    "both_teams_to_score": ("yes", "no"),
    "odd_even": ("odd", "even"),
    "correct_score": ("0-0", "1-0", "2-2", "3-1", "other"),
}
LINES = {
    "total_goals": ("0.5", "2.5", "2.25", "3"),
    "asian_handicap": ("-1.5", "-0.25", "0", "0.75", "2"),
    "european_handicap": ("-1", "2"),
}
EVERY_SCORE = [Score(*sides) for sides in product(range(16), repeat=2)]


def sums(riding: int, win: int, half_win: int, half_lose: int) -> SelectionSums:
    return SelectionSums(*(D(cents).scaleb(-2) for cents in (riding, win, half_win, half_lose)))


def position(market: str, line: str, selection: str, riding: str, win: str) -> Position:
    half = (D(riding) + D(win)) / 2
    return Position(market, line, selection, SelectionSums(D(riding), D(win), half, D(riding) / 2))


@st.composite
def books(draw: st.DrawFn) -> list[Position]:
    found = []
    for name in draw(st.sets(st.sampled_from(sorted(SELECTIONS)), min_size=1, max_size=5)):
        for line in draw(st.sets(st.sampled_from(LINES.get(name, ("",))), min_size=1, max_size=2)):
            known = draw(st.sets(st.sampled_from(SELECTIONS[name]), min_size=1))
            for selection in sorted(known):
                cents = [draw(st.integers(0, 10**7)) for _ in range(4)]
                found.append(Position(name, line, selection, sums(*cents)))
    return found


def one_by_one(book: Sequence[Market], score: Score) -> tuple[int, int]:
    """What a score brings at least and at most: each selection by itself."""
    least = most = 0
    for market in book:
        for each in market.positions:
            outcome = score_markets.decide(
                market.market, market.line, each.selection, market.names, score
            )
            ways = [
                brings(each, way)
                for way in ((Outcome.WIN, Outcome.LOSE) if outcome is None else (outcome,))
            ]
            least += min(ways)
            most += max(ways)
    return least, most


@given(books())
def test_no_score_brings_less_or_more_and_one_brings_each(book: list[Position]) -> None:
    grouped = markets(book, {})
    # A market that no score decides at all goes its own way.
    scored = [each for each in grouped if score_markets.decides(each.market, each.line, each.names)]
    found = bounds(scored)
    brought = [one_by_one(scored, score) for score in EVERY_SCORE]

    if scored:
        assert int(found.worst * UNITS) == min(least for least, _ in brought)
        assert int(found.best * UNITS) == max(most for _, most in brought)
        assert found.worst_score is not None
        assert one_by_one(scored, found.worst_score)[0] == int(found.worst * UNITS)
    else:
        assert found == (0, 0, None, None)


def test_what_goes_together_is_not_added_up_as_if_each_could_go_wrong() -> None:
    # Home pays 200 and over 2.5 pays 150; both can come. Away and under cannot come with them.
    book = [
        position("match_result", "", "home", "100", "200"),
        position("match_result", "", "draw", "0", "0"),
        position("match_result", "", "away", "100", "300"),
        position("correct_score", "", "0-0", "50", "500"),
        position("total_goals", "2.5", "over", "100", "150"),
    ]
    found = bounds(markets(book, {}))

    # 0-0: +200 + (50 - 500) + 100 = -150. Market by market it would be -100 - 450 - 50.
    assert (found.worst, found.worst_score) == (D(-150), Score(0, 0))
    # A draw with few goals, but not 0-0: 200 + 50 + 100.
    assert found.best == D(350)


def test_basketball_lines_far_out_are_exact() -> None:
    book = [
        position("total_points", "221.5", "over", "1000", "1910"),
        position("total_points", "221.5", "under", "1000", "1880"),
        position("handicap", "-6.5", "home", "500", "990"),
        position("moneyline", "", "away", "100", "450"),
    ]
    found = bounds(markets(book, {}))

    # Over, and away by anything: -910 + 1000, 500, -350; home by 7: -910 + 1000, -490, 100.
    assert found.worst == D(90) + min(D(500) - 350, D(-490) + 100)
    assert found.best == D(120) + max(D(500) + 100, D(500) - 350)


def test_a_market_of_its_own_is_worst_by_its_dearest_winner() -> None:
    book = [
        position("first_scorer", "", "Smith", "100", "900"),
        position("first_scorer", "", "Jones", "50", "200"),
    ]
    found = bounds(markets(book, {}))

    assert (found.worst, found.best) == (D(150) - 900, D(150) - 200)


def test_where_others_may_win_too_the_best_is_that_none_of_these_does() -> None:
    book = [
        position("first_scorer", "", "Smith", "100", "900")._replace(priced=False),
        position("first_scorer", "", "Jones", "50", "200"),
    ]

    assert bounds(markets(book, {})).best == D(150)


@pytest.mark.parametrize("market", ["place", "anytime_scorer", "made_up"])
def test_where_several_may_win_all_of_them_may(market: str) -> None:
    book = [position(market, "", name, "10", "100") for name in "abc"]
    found = bounds(markets(book, {}))

    assert (found.worst, found.best) == (3 * (D(10) - 100), D(30))


def test_of_over_and_under_only_one_wins_whatever_the_market() -> None:
    book = [position("corners", "9.5", name, "10", "19") for name in ("over", "under")]
    found = bounds(markets(book, {}))

    assert (found.worst, found.best) == (D(20) - 19, D(20) - 19)


def test_a_market_settled_in_part_goes_either_way() -> None:
    book = [
        position("match_result", "", "home", "100", "235"),
        position("match_result", "", "away", "10", "5"),
    ]
    found = bounds(markets(book, {("match_result", ""): 1}))

    assert (found.worst, found.best) == (D(-135) + 5, D(100) + 10)


def test_nothing_open_brings_nothing() -> None:
    assert bounds(markets([], {})) == (0, 0, None, None)


@pytest.mark.parametrize("scale", [1, 10**12])
def test_amounts_of_any_size_are_exact(scale: int) -> None:
    book: Any = [
        position("total_goals", "2.5", "over", "0.01", "0.0301"),
        position("match_result", "", "home", "0.01", "0.02"),
    ]
    large = [
        each._replace(sums=SelectionSums(*(amount * scale for amount in each.sums)))
        for each in book
    ]
    found = bounds(markets(large, {}))

    assert found.worst == D("-0.0301") * scale
