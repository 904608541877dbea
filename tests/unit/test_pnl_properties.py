"""What must hold of the arithmetic for every bet that the contract lets in."""

import math
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from betpnl import pnl
from betpnl.pnl import LegResult, Money, Outcome, Stake, StakeKind

ZERO = Decimal(0)
OUTCOMES = st.sampled_from(Outcome)


def decimals(low: int, high: int, places: int) -> st.SearchStrategy[Decimal]:
    """Decimals from low to high units of ``places`` decimals."""
    return st.integers(low, high).map(lambda units: Decimal(units).scaleb(-places))


ODDS = st.one_of(decimals(10_001, 100_000, 4), decimals(10_001, 1_000_000_000, 4))
FRACTIONS = st.one_of(
    st.sampled_from([ZERO, Decimal("0.5"), Decimal(1)]), decimals(0, 100_000_000, 8)
)
MONEY = st.builds(
    Money,
    minor=st.sampled_from([0, 2, 3]),
    base_minor=st.sampled_from([0, 2, 3]),
    fx_rate=st.one_of(st.just(Decimal(1)), decimals(1, 10**12, 10)),
)
AMOUNTS = st.one_of(st.integers(1, 50_000), st.integers(1, 10**12))


@st.composite
def bets(draw: st.DrawFn) -> tuple[Stake, Money, Decimal]:
    """A stake in whole minor units of its currency, the currency, and odds."""
    money = draw(MONEY)
    stake = Stake(
        stake=Decimal(draw(AMOUNTS)).scaleb(-money.minor),
        kind=draw(st.sampled_from(StakeKind)),
        cashed_fraction=draw(FRACTIONS),
        cash_out_paid=Decimal(draw(st.integers(0, 10**10))).scaleb(-money.minor),
    )
    return stake, money, draw(ODDS)


@st.composite
def plain_bets(draw: st.DrawFn) -> tuple[Stake, Money, Decimal]:
    """A cash bet in the base currency with nothing cashed out."""
    minor = draw(st.sampled_from([0, 2, 3]))
    stake = Stake(Decimal(draw(AMOUNTS)).scaleb(-minor))
    return stake, Money(minor, minor, Decimal(1)), draw(ODDS)


RESULTS = st.one_of(
    OUTCOMES.map(LegResult),
    st.integers(1, 20).flatmap(
        lambda tied: st.integers(1, tied).map(lambda n: LegResult(Outcome.WIN, (n, tied)))
    ),
)
LEGS = st.lists(st.tuples(decimals(10_001, 60_000, 4), RESULTS), min_size=1, max_size=8)


def ticket(stake: Stake, money: Money, legs: list[tuple[Decimal, LegResult]]) -> Decimal:
    return pnl.ticket_payout(stake, money, [odds for odds, _ in legs], [leg for _, leg in legs])


def rounded(amount: Fraction, places: int) -> Fraction:
    """Half up for amounts >= 0, by another way than Decimal's."""
    return Fraction(math.floor(amount * 10**places + Fraction(1, 2)), 10**places)


def payout_in_fractions(stake: Stake, money: Money, odds: Decimal, outcome: Outcome) -> Fraction:
    """The table of docs/money.md, line by line, in fractions."""
    s, q, o, x = (Fraction(n) for n in (stake.stake, stake.cashed_fraction, odds, money.fx_rate))
    r = s * (1 - q)

    def base(amount: Fraction) -> Fraction:
        return rounded(amount * x, money.base_minor)

    def cur(amount: Fraction) -> Fraction:
        return rounded(amount, money.minor)

    match outcome, stake.kind:
        case (Outcome.LOSE, _):
            return Fraction(0)
        case (Outcome.VOID | Outcome.PUSH, StakeKind.CASH):
            return base(s) - base(q * s)
        case (Outcome.WIN, StakeKind.FREE):
            return base(cur(r * (o - 1)))
        case (Outcome.WIN, _):
            return base(cur(r * o))
        case (Outcome.HALF_WIN, StakeKind.CASH):
            return base(cur(r / 2 * o + r / 2))
        case (Outcome.HALF_WIN, StakeKind.FREE):
            return base(cur(r / 2 * (o - 1)))
        case (Outcome.HALF_WIN, StakeKind.BONUS):
            return base(cur(r / 2 * o))
        case (Outcome.HALF_LOSE, StakeKind.CASH):
            return base(cur(r / 2))
        case _:
            return Fraction(0)


@given(bets(), OUTCOMES)
def test_payouts_agree_with_the_table_in_fractions(
    bet: tuple[Stake, Money, Decimal], outcome: Outcome
) -> None:
    assert Fraction(pnl.payout(*bet, outcome)) == payout_in_fractions(*bet, outcome)


@given(bets(), OUTCOMES)
def test_a_payout_is_never_negative_and_is_whole_minor_units(
    bet: tuple[Stake, Money, Decimal], outcome: Outcome
) -> None:
    payout = pnl.payout(*bet, outcome)
    assert payout >= 0
    assert payout == pnl.round_half_up(payout, bet[1].base_minor)


@given(bets())
def test_a_void_returns_the_stake(bet: tuple[Stake, Money, Decimal]) -> None:
    stake, money, odds = bet
    placed = pnl.placed(stake, money)
    for outcome in (Outcome.VOID, Outcome.PUSH):
        payout = pnl.payout(stake, money, odds, outcome)
        assert placed.handle_riding - payout == 0


@given(bets())
def test_handle_is_what_rides_and_what_was_cashed_out(bet: tuple[Stake, Money, Decimal]) -> None:
    stake, money, _ = bet
    placed = pnl.placed(stake, money)
    assert placed.handle_riding + placed.cash_out_handle == placed.handle
    assert min(placed.handle, placed.bonus_handle, placed.cash_out_handle) >= 0
    assert placed.handle_riding >= 0
    assert placed.handle == 0 or placed.bonus_handle == 0


@given(bets(), OUTCOMES)
def test_a_bet_that_does_not_count_contributes_nothing(
    bet: tuple[Stake, Money, Decimal], outcome: Outcome
) -> None:
    stake, money, odds = bet
    gone = Stake(stake.stake, stake.kind, stake.cashed_fraction, stake.cash_out_paid, counts=False)
    assert pnl.placed(gone, money) == pnl.Placed(ZERO, ZERO, ZERO, ZERO)
    assert pnl.payout(gone, money, odds, outcome) == 0
    assert pnl.ticket_payout(gone, money, [odds], [LegResult(outcome)]) == 0
    assert not gone.rides


@given(bets(), OUTCOMES)
def test_a_bet_cashed_out_in_full_is_closed(
    bet: tuple[Stake, Money, Decimal], outcome: Outcome
) -> None:
    stake, money, odds = bet
    closed = Stake(stake.stake, stake.kind, Decimal(1), stake.cash_out_paid)
    placed = pnl.placed(closed, money)
    assert not closed.rides
    assert placed.handle_riding == 0
    assert pnl.payout(closed, money, odds, outcome) == 0
    assert placed.cash_out_pnl == placed.handle - money.to_base(stake.cash_out_paid)


@given(plain_bets())
def test_outcomes_stand_in_order(bet: tuple[Stake, Money, Decimal]) -> None:
    lose, half_lose, void, half_win, win = (
        pnl.payout(*bet, outcome)
        for outcome in (
            Outcome.LOSE,
            Outcome.HALF_LOSE,
            Outcome.VOID,
            Outcome.HALF_WIN,
            Outcome.WIN,
        )
    )
    assert lose == 0
    assert lose <= half_lose <= void <= half_win <= win


@given(plain_bets())
def test_halves_lie_halfway_within_their_rounding(bet: tuple[Stake, Money, Decimal]) -> None:
    stake, money, odds = bet
    unit = Decimal(1).scaleb(-money.minor)
    half_win = pnl.payout(stake, money, odds, Outcome.HALF_WIN)
    half_lose = pnl.payout(stake, money, odds, Outcome.HALF_LOSE)
    win = pnl.payout(stake, money, odds, Outcome.WIN)
    assert abs(2 * half_win - (win + stake.stake)) < 2 * unit
    assert 0 <= 2 * half_lose - stake.stake <= unit


@given(plain_bets())
def test_a_free_bet_pays_what_cash_pays_less_the_stake(bet: tuple[Stake, Money, Decimal]) -> None:
    stake, money, odds = bet
    free = Stake(stake.stake, StakeKind.FREE)
    cash_win = pnl.payout(stake, money, odds, Outcome.WIN)
    assert pnl.payout(free, money, odds, Outcome.WIN) == cash_win - stake.stake
    for outcome in (Outcome.LOSE, Outcome.HALF_LOSE, Outcome.VOID, Outcome.PUSH):
        assert pnl.payout(free, money, odds, outcome) == 0


@given(bets(), OUTCOMES)
def test_a_ticket_of_one_leg_is_a_single(
    bet: tuple[Stake, Money, Decimal], outcome: Outcome
) -> None:
    stake, money, odds = bet
    single = pnl.payout(stake, money, odds, outcome)
    assert pnl.ticket_payout(stake, money, [odds], [LegResult(outcome)]) == single


@given(bets(), LEGS, st.randoms())
def test_the_order_of_legs_does_not_matter(
    bet: tuple[Stake, Money, Decimal], legs: list[tuple[Decimal, LegResult]], random: object
) -> None:
    shuffled = list(legs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    stake, money, _ = bet
    assert ticket(stake, money, shuffled) == ticket(stake, money, legs)


@given(bets(), LEGS, ODDS)
def test_a_void_leg_might_as_well_not_be_there(
    bet: tuple[Stake, Money, Decimal], legs: list[tuple[Decimal, LegResult]], odds: Decimal
) -> None:
    stake, money, _ = bet
    with_void = [*legs, (odds, LegResult(Outcome.VOID))]
    assert ticket(stake, money, with_void) == ticket(stake, money, legs)


@given(bets(), LEGS, ODDS)
def test_one_lost_leg_loses_a_ticket(
    bet: tuple[Stake, Money, Decimal], legs: list[tuple[Decimal, LegResult]], odds: Decimal
) -> None:
    stake, money, _ = bet
    assert ticket(stake, money, [*legs, (odds, LegResult(Outcome.LOSE))]) == 0


@given(bets(), LEGS)
def test_a_ticket_agrees_with_its_product_in_fractions(
    bet: tuple[Stake, Money, Decimal], legs: list[tuple[Decimal, LegResult]]
) -> None:
    stake, money, _ = bet
    if all(result.outcome in (Outcome.VOID, Outcome.PUSH) for _, result in legs):
        return
    product = void = Fraction(1)
    for odds, result in legs:
        product *= Fraction(pnl.leg_multiplier(odds, result.outcome))
        product *= Fraction(*result.dead_heat)
        void *= Fraction(pnl.void_share(result.outcome))
    if stake.kind is StakeKind.FREE:
        product = max(Fraction(0), product - 1)
    elif stake.kind is StakeKind.BONUS:
        product -= void
    riding = Fraction(stake.stake) * (1 - Fraction(stake.cashed_fraction))
    paid = rounded(riding * product, money.minor)
    expected = rounded(paid * Fraction(money.fx_rate), money.base_minor)
    assert Fraction(ticket(stake, money, legs)) == expected


@given(decimals(0, 10**15, 2), st.integers(1, 50), st.data())
def test_a_dead_heat_pays_a_share(payout: Decimal, tied: int, data: st.DataObject) -> None:
    winners = data.draw(st.integers(1, tied))
    share = pnl.dead_heat_payout(payout, winners, tied, 2)
    assert Fraction(share) == rounded(Fraction(payout) * Fraction(winners, tied), 2)
    assert 0 <= share <= payout
    assert pnl.dead_heat_payout(payout, tied, tied, 2) == payout


@given(decimals(0, 10**8, 8), decimals(0, 10**15, 2))
def test_an_expected_payout_lies_between_nothing_and_all(
    probability: Decimal, payout: Decimal
) -> None:
    expected = pnl.expected_payout(probability, payout)
    assert Fraction(expected) == rounded(Fraction(probability) * Fraction(payout), 4)
    assert 0 <= expected <= payout


@given(st.integers(0, 10**17), st.integers(1, 30), st.sampled_from([0, 2, 3, 4]))
def test_parts_add_up_and_differ_by_one_unit_at_most(units: int, parts: int, places: int) -> None:
    amount = Decimal(units).scaleb(-places)
    shares = pnl.split(amount, parts, places)
    assert len(shares) == parts
    assert sum(shares) == amount
    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] <= Decimal(1).scaleb(-places)
    assert min(shares) >= 0


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 30))
def test_more_money_gives_no_part_less(one: int, other: int, parts: int) -> None:
    low, high = (Decimal(units).scaleb(-2) for units in sorted((one, other)))
    for less, more in zip(pnl.split(low, parts, 2), pnl.split(high, parts, 2), strict=True):
        assert less <= more


@given(bets(), st.integers(2, 30))
def test_no_game_of_a_ticket_rides_less_than_nothing(
    bet: tuple[Stake, Money, Decimal], parts: int
) -> None:
    stake, money, _ = bet
    placed = pnl.placed(stake, money)
    handle = pnl.split(placed.handle, parts, money.base_minor)
    cashed = pnl.split(placed.cash_out_handle, parts, money.base_minor)
    riding = [whole - out for whole, out in zip(handle, cashed, strict=True)]
    assert min(riding) >= 0
    assert sum(riding) == placed.handle_riding


@given(st.lists(st.tuples(bets(), OUTCOMES), max_size=20), st.randoms())
def test_the_order_of_settling_does_not_matter(
    book: list[tuple[tuple[Stake, Money, Decimal], Outcome]], random: object
) -> None:
    def total(settled: list[tuple[tuple[Stake, Money, Decimal], Outcome]]) -> Decimal:
        return sum(
            (
                pnl.placed(bet[0], bet[1]).handle_riding - pnl.payout(*bet, outcome)
                for bet, outcome in settled
            ),
            ZERO,
        )

    before = total(book)
    random.shuffle(book)  # type: ignore[attr-defined]
    assert total(book) == before
