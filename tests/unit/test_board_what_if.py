"""What a game brings as chosen, held against its bets settled one by one."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from betpnl import pnl, score_markets
from betpnl.board.what_if import Choice, Key, Market, Selection, WhatIf, what_if
from betpnl.pnl import LegResult, Money, Outcome, SelectionSums, Stake, StakeKind
from betpnl.score_markets import Score

ZERO = Decimal(0)
MINOR = 2
RESULT = Market("match_result", "")
TOTAL = Market("total_goals", "2.25")
HANDICAP = Market("handicap", "-1")
CARDS = Market("most_cards", "")
OFFER = {
    RESULT: ("home", "draw", "away"),
    TOTAL: ("over", "under"),
    HANDICAP: ("home", "away"),
    Market("double_chance", ""): ("1x", "12", "x2"),
    Market("correct_score", ""): ("1-0", "0-0", "other"),
    Market("moneyline", ""): ("home", "away"),
    CARDS: ("home", "away"),
}
KEYS = [Key(market, name) for market, names in OFFER.items() for name in names]
SCORES = st.builds(Score, st.integers(0, 5), st.integers(0, 5))


class Single(NamedTuple):
    """A single, as the contract lets it in, and how likely it was thought to win."""

    key: Key
    stake: Stake
    money: Money
    odds: Decimal
    probability: Decimal

    def settled(self, outcome: Outcome) -> Decimal:
        """What it brings by an outcome; its cash-out stands elsewhere."""
        riding = pnl.placed(self.stake, self.money).handle_riding
        return riding - pnl.payout(self.stake, self.money, self.odds, outcome)

    @property
    def mean(self) -> Decimal:
        """What it brings on average."""
        win = pnl.payout(self.stake, self.money, self.odds, Outcome.WIN)
        riding = pnl.placed(self.stake, self.money).handle_riding
        return riding - pnl.expected_payout(self.probability, win)


SINGLES = st.builds(
    Single,
    key=st.sampled_from(KEYS),
    stake=st.builds(
        Stake,
        stake=st.integers(1, 10**7).map(lambda units: Decimal(units).scaleb(-2)),
        kind=st.sampled_from(StakeKind),
        cashed_fraction=st.sampled_from([ZERO, ZERO, Decimal("0.3333"), Decimal(1)]),
        cash_out_paid=st.just(ZERO),
        counts=st.sampled_from([True, True, True, False]),
    ),
    money=st.builds(
        Money,
        minor=st.just(2),
        base_minor=st.just(MINOR),
        fx_rate=st.sampled_from([Decimal(1), Decimal("1.0837"), Decimal("0.0062")]),
    ),
    odds=st.integers(10_001, 300_000).map(lambda units: Decimal(units).scaleb(-4)),
    probability=st.integers(0, 10**8).map(lambda units: Decimal(units).scaleb(-8)),
)
BOOKS = st.lists(SINGLES, max_size=40)
RESULTS = st.dictionaries(
    st.sampled_from(KEYS),
    st.one_of(st.sampled_from(Outcome).map(LegResult), st.just(LegResult(Outcome.WIN, (1, 2)))),
    max_size=4,
)
CHOICES = st.builds(
    Choice,
    score=st.one_of(st.none(), SCORES),
    winners=st.fixed_dictionaries(
        {}, optional={market: st.sampled_from(names) for market, names in OFFER.items()}
    ),
)


def book(singles: Sequence[Single], results: dict[Key, LegResult]) -> list[Selection]:
    """The sums that the job keeps of these singles, a selection each."""

    def paid(some: Sequence[Single], outcome: Outcome) -> Decimal:
        return sum((pnl.payout(s.stake, s.money, s.odds, outcome) for s in some), ZERO)

    selections = []
    for key in KEYS:
        some = [single for single in singles if single.key == key]
        riding = sum((pnl.placed(s.stake, s.money).handle_riding for s in some), ZERO)
        selections.append(
            Selection(
                key=key,
                bets=len(some),
                sums=SelectionSums(
                    riding,
                    paid(some, Outcome.WIN),
                    paid(some, Outcome.HALF_WIN),
                    paid(some, Outcome.HALF_LOSE),
                ),
                expected_payout=riding - sum((s.mean for s in some), ZERO),
                result=results.get(key),
            )
        )
    return selections


def asked(
    singles: Sequence[Single], choice: Choice, results: dict[Key, LegResult] | None = None
) -> WhatIf:
    return what_if(book(singles, results or {}), Decimal("-3.50"), choice, MINOR)


@given(singles=BOOKS, choice=CHOICES)
def test_it_is_what_settling_each_bet_by_itself_brings(
    singles: list[Single], choice: Choice
) -> None:
    found = asked(singles, choice)

    one_by_one = ZERO
    for single in singles:
        market, selection = single.key
        winner = choice.winners.get(market)
        if winner is not None:
            outcome: Outcome | None = Outcome.WIN if selection == winner else Outcome.LOSE
        elif choice.score is not None:
            outcome = score_markets.decide(*market, selection, OFFER[market], choice.score)
        else:
            outcome = None
        one_by_one += single.mean if outcome is None else single.settled(outcome)
    assert found.pnl == Decimal("-3.50") + one_by_one


@given(singles=BOOKS, results=RESULTS, choice=CHOICES)
def test_what_has_its_result_keeps_it(
    singles: list[Single], results: dict[Key, LegResult], choice: Choice
) -> None:
    found = asked(singles, choice, results)

    settled = Decimal("-3.50")
    for selection in book(singles, results):
        if selection.result is not None:
            settled += selection.pnl(selection.result, MINOR)
    assert found.settled == settled
    assert not found.outcomes.keys() & results.keys()


@given(singles=BOOKS, results=RESULTS, score=SCORES)
def test_no_score_goes_beyond_the_worst_and_the_best(
    singles: list[Single], results: dict[Key, LegResult], score: Score
) -> None:
    now = asked(singles, Choice(), results)
    chosen = asked(singles, Choice(score=score), results)

    assert now.worst <= chosen.worst <= chosen.best <= now.best
    assert now.settled == chosen.settled


@given(singles=BOOKS)
def test_every_score_that_ends_a_market_is_within_its_bounds_and_two_reach_them(
    singles: list[Single],
) -> None:
    totals = [single for single in singles if single.key.market == TOTAL]
    now = asked(totals, Choice())
    by_score = [asked(totals, Choice(score=Score(goals, 0))).pnl for goals in range(6)]

    assert (now.worst, now.best) == (min(by_score), max(by_score))


@given(singles=BOOKS)
def test_with_nothing_chosen_everything_is_at_its_mean(singles: list[Single]) -> None:
    found = asked(singles, Choice())

    assert found.pnl == Decimal("-3.50") + sum((single.mean for single in singles), ZERO)
    assert found.decided == ZERO
    assert list(found.left) == sorted(OFFER)


def single(key: Key, stake: str, odds: str, probability: str = "0.5") -> Single:
    return Single(
        key, Stake(Decimal(stake)), Money(2, 2, Decimal(1)), Decimal(odds), Decimal(probability)
    )


def test_a_market_of_another_name_stays_at_its_mean_under_a_score() -> None:
    cards = single(Key(CARDS, "home"), "10", "3", "0.25")
    found = asked([cards], Choice(score=Score(2, 0)))

    assert CARDS in found.left
    assert found.at_mean == Decimal("2.5")
    assert found.at_worst == Decimal(-20)
    assert found.at_best == Decimal(10)


def test_a_selection_that_a_score_does_not_name_may_go_either_way() -> None:
    other = single(Key(Market("correct_score", ""), "other"), "10", "3", "0.25")
    found = asked([other], Choice(score=Score(4, 4)))

    assert Market("correct_score", "") in found.left
    assert (found.at_worst, found.at_best) == (Decimal(-20), Decimal(10))


def test_a_winner_counts_in_its_market_and_the_score_in_the_others() -> None:
    bets = [single(Key(RESULT, "away"), "10", "3"), single(Key(TOTAL, "over"), "10", "2")]
    found = asked(bets, Choice(score=Score(3, 0), winners={RESULT: "away"}))

    assert found.decided == Decimal(-20) + Decimal(-10)
    assert found.outcomes[Key(RESULT, "away")] is Outcome.WIN
    assert found.outcomes[Key(RESULT, "home")] is Outcome.LOSE


def test_a_winner_that_is_not_there_or_is_settled_is_named_and_changes_nothing() -> None:
    settled = {Key(RESULT, "home"): LegResult(Outcome.LOSE)}
    gone = Market("total_goals", "9.5")
    bets = [single(Key(RESULT, "draw"), "10", "3")]
    found = asked(bets, Choice(winners={RESULT: "home", gone: "over"}), settled)

    assert list(found.unknown) == [Key(RESULT, "home"), Key(gone, "over")]
    assert found.pnl == asked(bets, Choice(), settled).pnl
