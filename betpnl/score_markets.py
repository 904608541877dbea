"""What a final score decides: the outcome of a selection, by its market's and its own name.

Only names that are known are decided, compared character by character, as the contract does. Any
other market or selection is left open: a guess would look like a fact. docs/board.md lists them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from betpnl.pnl import Outcome

HALF = Decimal("0.5")
QUARTER = Decimal("0.25")
_DRAW = "draw"
_CORRECT_SCORE = re.compile(r"([0-9]{1,3})[-:]([0-9]{1,3})", re.ASCII)


class Score(NamedTuple):
    """A final score, each side >= 0."""

    home: int
    away: int

    @property
    def total(self) -> int:
        """Of both sides."""
        return self.home + self.away

    @property
    def difference(self) -> int:
        """By how much the home side leads."""
        return self.home - self.away


class _Market(NamedTuple):
    """A market as its rule sees it. line: None where it has none."""

    line: Decimal | None
    selections: Collection[str]


_Rule = Callable[[_Market, str, Score], Outcome | None]


def decide(
    market: str, line: str, selection: str, selections: Collection[str], score: Score
) -> Outcome | None:
    """How a selection ends under a score; None where that does not follow from the names.

    line: as the contract has it, '' for none. selections: all that are known of the market: one
    with a draw among them is settled three ways.
    """
    rule = _RULES.get(market)
    if rule is None:
        return None
    number = _number(line)
    if line and number is None:
        return None
    if (number is None) == (market in _WITH_LINE):
        return None
    return rule(_Market(number, selections), selection, score)


@lru_cache(maxsize=10_000)
def for_good(market: str, line: str, selection: str, score: Score) -> Outcome | None:
    """How a selection ends whatever is scored from now on: WIN or LOSE, None while that is open."""
    is_passed = FOR_GOOD.get(market)
    if is_passed is None or not is_passed(line, selection, score):
        return None
    end = decide(market, line, selection, (), score)
    return end if end in (Outcome.WIN, Outcome.LOSE) else None


def decides(market: str, line: str, selections: Collection[str]) -> bool:
    """Whether some score decides some selection of a market."""
    return bool(cases(market, line, frozenset(selections)))


@lru_cache(maxsize=10_000)
def cases(
    market: str, line: str, selections: frozenset[str]
) -> dict[Score, tuple[Outcome | None, ...]]:
    """Every way that a score can end a market, by a score that does it.

    A way has an outcome for each selection in their sorted order, None for what no score decides.
    Empty for a market that is not known.
    """
    ordered = sorted(selections)
    ways: dict[tuple[Outcome | None, ...], Score] = {}
    for score in _telling_scores(line, ordered):
        way = tuple(decide(market, line, each, selections, score) for each in ordered)
        if any(way):
            ways.setdefault(way, score)
    return {score: way for way, score in ways.items()}


def _telling_scores(line: str, selections: Iterable[str]) -> Iterator[Score]:
    """Scores that between them end every known market in every way that it can."""
    yield from (Score(0, 0), Score(1, 0), Score(0, 1), Score(1, 1))
    # Whatever a line compares with it, two steps to each side of it say all.
    around = _number(line)
    if around is not None:
        nearest = int(around)
        for number in range(nearest - 2, nearest + 3):
            yield Score(max(0, number), max(0, -number))
            yield Score(max(0, -number), max(0, number))
    highest = 0
    for selection in selections:
        named = _named_score(selection)
        if named is not None:
            yield named
            highest = max(highest, *named)
    yield Score(highest + 1, highest + 1)


def _number(line: str) -> Decimal | None:
    """A line in whole, half or quarter steps; None for any other text."""
    try:
        number = Decimal(line)
        return number if number.is_finite() and number % QUARTER == 0 else None
    except InvalidOperation:
        return None


def _named_score(selection: str) -> Score | None:
    found = _CORRECT_SCORE.fullmatch(selection)
    return Score(int(found[1]), int(found[2])) if found else None


def _won(wins: bool) -> Outcome:
    return Outcome.WIN if wins else Outcome.LOSE


def _by_distance(distance: Decimal) -> Outcome:
    """How a side ends that is so far above its line. A quarter line is two bets of half each."""
    if distance >= HALF:
        return Outcome.WIN
    if distance <= -HALF:
        return Outcome.LOSE
    if distance == 0:
        return Outcome.PUSH
    return Outcome.HALF_WIN if distance > 0 else Outcome.HALF_LOSE


def _three_way(selection: str, ahead: Decimal | int) -> Outcome | None:
    match selection:
        case "home":
            return _won(ahead > 0)
        case "draw":
            return _won(ahead == 0)
        case "away":
            return _won(ahead < 0)
        case _:
            return None


def _match_result(market: _Market, selection: str, score: Score) -> Outcome | None:
    # Books differ on a tie where there is no draw to bet on: some push, some share the win.
    if score.difference == 0 and _DRAW not in market.selections:
        return None
    return _three_way(selection, score.difference)


def _draw_no_bet(market: _Market, selection: str, score: Score) -> Outcome | None:
    if _DRAW in market.selections:
        return _three_way(selection, score.difference)
    if selection in ("home", "away") and score.difference == 0:
        return Outcome.PUSH
    return _three_way(selection, score.difference)


def _double_chance(_: _Market, selection: str, score: Score) -> Outcome | None:
    match selection:
        case "home_or_draw" | "1x" | "1X":
            return _won(score.difference >= 0)
        case "home_or_away" | "12":
            return _won(score.difference != 0)
        case "draw_or_away" | "x2" | "X2":
            return _won(score.difference <= 0)
        case _:
            return None


def _total(market: _Market, selection: str, score: Score) -> Outcome | None:
    distance = score.total - (market.line or 0)
    match selection:
        case "over":
            return _by_distance(Decimal(distance))
        case "under":
            return _by_distance(Decimal(-distance))
        case _:
            return None


def _handicap(market: _Market, selection: str, score: Score) -> Outcome | None:
    if _DRAW in market.selections:
        return _three_way_handicap(market, selection, score)
    return _asian_handicap(market, selection, score)


def _asian_handicap(market: _Market, selection: str, score: Score) -> Outcome | None:
    # The line is the home side's.
    ahead = Decimal(score.difference + (market.line or 0))
    match selection:
        case "home":
            return _by_distance(ahead)
        case "away":
            return _by_distance(-ahead)
        case _:
            return None


def _three_way_handicap(market: _Market, selection: str, score: Score) -> Outcome | None:
    line = market.line or Decimal(0)
    # With half a goal there is no draw, so what its line means is another rule than this.
    return _three_way(selection, score.difference + line) if line % 1 == 0 else None


def _both_score(_: _Market, selection: str, score: Score) -> Outcome | None:
    both = min(score) > 0
    return {"yes": _won(both), "no": _won(not both)}.get(selection)


def _odd_even(_: _Market, selection: str, score: Score) -> Outcome | None:
    odd = score.total % 2 == 1
    return {"odd": _won(odd), "even": _won(not odd)}.get(selection)


def _correct_score(_: _Market, selection: str, score: Score) -> Outcome | None:
    named = _named_score(selection)
    return None if named is None else _won(named == score)


_WITH_LINE: dict[str, _Rule] = {
    "total_goals": _total,
    "total_points": _total,
    "handicap": _handicap,
    "asian_handicap": _asian_handicap,
    "european_handicap": _three_way_handicap,
}
_RULES: dict[str, _Rule] = {
    "match_result": _match_result,
    "moneyline": _draw_no_bet,
    **_WITH_LINE,
    "double_chance": _double_chance,
    "draw_no_bet": _draw_no_bet,
    "both_teams_to_score": _both_score,
    "odd_even": _odd_even,
    "correct_score": _correct_score,
}
MARKETS = tuple(_RULES)
"""The names of the markets that a score decides, the most asked for first."""


def _total_is_passed(line: str, _: str, score: Score) -> bool:
    number = _number(line)
    return number is not None and score.total - number >= HALF


def _both_have_scored(_line: str, _selection: str, score: Score) -> bool:
    return min(score) > 0


def _score_is_passed(_: str, selection: str, score: Score) -> bool:
    named = _named_score(selection)
    return named is not None and (named.home < score.home or named.away < score.away)


FOR_GOOD: dict[str, Callable[[str, str, Score], bool]] = {
    "total_goals": _total_is_passed,
    "total_points": _total_is_passed,
    "both_teams_to_score": _both_have_scored,
    "correct_score": _score_is_passed,
}
"""By market, from line, selection and score: whether no later goal changes how it ends."""

DEPENDS_ON = {
    **dict.fromkeys(("total_goals", "total_points", "odd_even"), "total"),
    **dict.fromkeys(
        (
            *("match_result", "moneyline", "double_chance", "draw_no_bet"),
            *("handicap", "asian_handicap", "european_handicap"),
        ),
        "difference",
    ),
    "both_teams_to_score": "both scored",
    "correct_score": "score",
}
"""What of a final score a market depends on."""
