"""What a final score decides, by hand, by the real games, and for every score."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl import pnl, score_markets
from betpnl.games import load_games
from betpnl.pnl import Money, Outcome, Stake
from betpnl.score_markets import Score

SIDES = ("home", "away")
THREE = ("home", "draw", "away")
OVER_UNDER = ("over", "under")
SCORES = st.builds(Score, st.integers(0, 12), st.integers(0, 12))
QUARTERS = st.integers(-40, 40).map(lambda quarters: Decimal(quarters) / 4)


def text_of(line: Decimal) -> str:
    return format(line.normalize() + 0, "f")


def outcomes(market: str, line: str, names: tuple[str, ...], *score: int) -> list[Outcome | None]:
    return [score_markets.decide(market, line, name, names, Score(*score)) for name in names]


@pytest.mark.parametrize(
    ("market", "line", "names", "score", "expected"),
    [
        ("match_result", "", THREE, (2, 1), ["win", "lose", "lose"]),
        ("match_result", "", THREE, (1, 1), ["lose", "win", "lose"]),
        ("match_result", "", SIDES, (0, 3), ["lose", "win"]),
        ("moneyline", "", SIDES, (20, 20), ["push", "push"]),
        ("moneyline", "", THREE, (2, 2), ["lose", "win", "lose"]),
        ("draw_no_bet", "", SIDES, (0, 0), ["push", "push"]),
        ("double_chance", "", ("home_or_draw", "home_or_away", "draw_or_away"), (1, 1),
         ["win", "lose", "win"]),
        ("double_chance", "", ("1x", "12", "x2"), (0, 1), ["lose", "win", "win"]),
        ("total_goals", "2.5", OVER_UNDER, (2, 1), ["win", "lose"]),
        ("total_goals", "3", OVER_UNDER, (2, 1), ["push", "push"]),
        ("total_goals", "2.25", OVER_UNDER, (1, 1), ["half_lose", "half_win"]),
        ("total_goals", "2.75", OVER_UNDER, (2, 1), ["half_win", "half_lose"]),
        ("total_points", "45.5", OVER_UNDER, (21, 24), ["lose", "win"]),
        ("handicap", "-1", SIDES, (2, 1), ["push", "push"]),
        ("handicap", "-5", SIDES, (28, 20), ["win", "lose"]),
        ("handicap", "1.5", SIDES, (0, 2), ["lose", "win"]),
        ("asian_handicap", "-0.25", SIDES, (1, 1), ["half_lose", "half_win"]),
        ("asian_handicap", "0.75", SIDES, (0, 1), ["half_lose", "half_win"]),
        ("asian_handicap", "-0.75", SIDES, (1, 0), ["half_win", "half_lose"]),
        ("handicap", "-1", THREE, (2, 1), ["lose", "win", "lose"]),
        ("european_handicap", "1", THREE, (0, 2), ["lose", "lose", "win"]),
        ("both_teams_to_score", "", ("yes", "no"), (3, 0), ["lose", "win"]),
        ("odd_even", "", ("odd", "even"), (0, 0), ["lose", "win"]),
        ("correct_score", "", ("2-1", "1:2", "0-0"), (1, 2), ["lose", "win", "lose"]),
    ],
)  # fmt: skip
def test_a_score_decides_what_is_known(
    market: str,
    line: str,
    names: tuple[str, ...],
    score: tuple[int, int],
    expected: list[str],
) -> None:
    assert outcomes(market, line, names, *score) == expected


@pytest.mark.parametrize(
    ("market", "line", "names"),
    [
        ("first_half_result", "", THREE),  # a name that is not known
        ("Match_result", "", THREE),  # names compare character by character
        ("match_result", "2", THREE),  # a line where there should be none
        ("total_goals", "", OVER_UNDER),  # none where there should be one
        ("total_goals", "2.3", OVER_UNDER),  # no line of whole, half or quarter steps
        ("total_goals", "NaN", OVER_UNDER),
        ("total_goals", "two", OVER_UNDER),
        ("total_goals", "1E+40", OVER_UNDER),
        ("handicap", "-1.5", THREE),  # no draw can come of a half
        ("match_result", "", ("Home", "1", "<script>")),
        ("correct_score", "", ("other", "١-٠")),  # noqa: RUF001
    ],
)
def test_what_is_not_known_is_not_guessed(market: str, line: str, names: tuple[str, ...]) -> None:
    for score in (Score(0, 0), Score(2, 1), Score(0, 2)):
        assert outcomes(market, line, names, *score) == [None] * len(names)
    assert not score_markets.decides(market, line, names)


def test_a_tie_without_a_draw_to_bet_on_is_left_open() -> None:
    assert outcomes("match_result", "", SIDES, 1, 1) == [None, None]


def test_real_games_ended_as_their_scores_say() -> None:
    compared = 0
    for game in load_games():
        if game.final_score is None:
            continue
        names: dict[tuple[str, str], list[str]] = {}
        for market, line, selection in game.results:
            names.setdefault((market, line), []).append(selection)
        for (market, line, selection), settlement in game.results.items():
            decided = score_markets.decide(
                market, line, selection, names[market, line], Score(*game.final_score)
            )
            if decided is None:
                assert settlement.dead_heat == (1, 2), (game.game_id, market)
                continue
            compared += 1
            assert decided == settlement.result, (game.game_id, market, line, selection)
    assert compared > 25_000


@given(line=QUARTERS, score=SCORES, odds=st.integers(101, 900), units=st.integers(1, 10_000))
def test_a_quarter_line_is_half_a_bet_on_each_line_beside_it(
    line: Decimal, score: Score, odds: int, units: int
) -> None:
    # Whole cents to each half, and odds that leave nothing to round.
    money = Money(4, 4, Decimal(1))
    price = Decimal(odds).scaleb(-2)

    def paid(
        stake: Decimal, at: Decimal, market: str, name: str, names: tuple[str, ...]
    ) -> Decimal:
        outcome = score_markets.decide(market, text_of(at), name, names, score)
        assert outcome is not None
        return pnl.payout(Stake(stake), money, price, outcome)

    stake = Decimal(2 * units).scaleb(-2)
    step = Decimal("0.25") if line % Decimal("0.5") else Decimal(0)
    for market, names in (("total_goals", OVER_UNDER), ("asian_handicap", SIDES)):
        for name in names:
            halves = sum(
                paid(stake / 2, at, market, name, names) for at in (line - step, line + step)
            )
            assert paid(stake, line, market, name, names) == halves


@given(line=QUARTERS, score=SCORES)
def test_the_two_sides_of_a_line_end_as_opposites(line: Decimal, score: Score) -> None:
    opposite = {
        Outcome.WIN: Outcome.LOSE,
        Outcome.HALF_WIN: Outcome.HALF_LOSE,
        Outcome.PUSH: Outcome.PUSH,
        Outcome.HALF_LOSE: Outcome.HALF_WIN,
        Outcome.LOSE: Outcome.WIN,
    }
    for market, names in (("total_goals", OVER_UNDER), ("handicap", SIDES)):
        one, other = outcomes(market, text_of(line), names, *score)
        assert one is not None
        assert other == opposite[one]


@given(
    market=st.sampled_from(score_markets.MARKETS),
    line=QUARTERS,
    three=st.booleans(),
    score=st.builds(Score, st.integers(0, 40), st.integers(0, 40)),
)
def test_no_score_ends_a_market_in_a_way_that_is_not_among_its_cases(
    market: str, line: Decimal, three: bool, score: Score
) -> None:
    names = {
        "double_chance": frozenset({"1x", "12", "x2"}),
        "total_goals": frozenset({"over", "under", "exactly"}),
        "total_points": frozenset(OVER_UNDER),
        "both_teams_to_score": frozenset({"yes", "no"}),
        "odd_even": frozenset({"odd", "even"}),
        "correct_score": frozenset({"2-1", "0-0", "10-11", "other"}),
    }.get(market, frozenset(THREE if three else SIDES))
    for text in ("", text_of(line)):
        way = tuple(
            score_markets.decide(market, text, name, names, score) for name in sorted(names)
        )
        if any(way):
            assert way in score_markets.cases(market, text, names).values()


def test_a_case_comes_with_a_score_that_brings_it() -> None:
    names = frozenset(OVER_UNDER)
    cases = score_markets.cases("total_goals", "2.25", names)
    assert len(cases) == 3
    for score, way in cases.items():
        assert outcomes("total_goals", "2.25", OVER_UNDER, *score) == list(way)


@given(
    market=st.sampled_from(sorted(score_markets.FOR_GOOD)),
    line=st.sampled_from(["", "0.5", "1", "2.25", "2.75", "4"]),
    selection=st.sampled_from(["over", "under", "yes", "no", "2-1", "0-0", "3:3", "other"]),
    score=st.tuples(*[st.integers(0, 4)] * 2),
    more=st.tuples(*[st.integers(0, 6)] * 2),
)
def test_what_is_decided_for_good_ends_so_whatever_comes(
    market: str, line: str, selection: str, score: tuple[int, int], more: tuple[int, int]
) -> None:
    said = score_markets.for_good(market, line, selection, Score(*score))

    later = Score(score[0] + more[0], score[1] + more[1])
    if said is not None:
        assert score_markets.decide(market, line, selection, (), later) is said
