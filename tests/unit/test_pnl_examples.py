"""The worked figures of docs/money.md, and the cases that rounding usually gets wrong."""

import doctest
from decimal import Decimal
from pathlib import Path

import pytest

from betpnl import pnl
from betpnl.pnl import LegResult, Money, Outcome, Stake, StakeKind

D = Decimal

EUR_AT_1_08 = Money(minor=2, base_minor=2, fx_rate=D("1.08"))
EUR = Money(minor=2, base_minor=2, fx_rate=D(1))
JPY = Money(minor=0, base_minor=2, fx_rate=D("0.0062"))
YEN_AT_PAR = Money(minor=0, base_minor=2, fx_rate=D(1))
ODDS = D("2.35")


def settled_pnl(stake: Stake, money: Money, outcome: Outcome) -> Decimal:
    placed = pnl.placed(stake, money)
    return placed.handle_riding - pnl.payout(stake, money, ODDS, outcome) + placed.cash_out_pnl


@pytest.mark.parametrize(
    ("outcome", "payout", "profit"),
    [
        (Outcome.WIN, "25.38", "-14.58"),
        (Outcome.LOSE, "0", "10.80"),
        (Outcome.HALF_WIN, "18.09", "-7.29"),
        (Outcome.HALF_LOSE, "5.40", "5.40"),
        (Outcome.VOID, "10.80", "0"),
        (Outcome.PUSH, "10.80", "0"),
    ],
)
def test_ten_euros_at_2_35(outcome: Outcome, payout: str, profit: str) -> None:
    stake = Stake(D("10.00"))
    assert pnl.placed(stake, EUR_AT_1_08).handle == D("10.80")
    assert pnl.payout(stake, EUR_AT_1_08, ODDS, outcome) == D(payout)
    assert settled_pnl(stake, EUR_AT_1_08, outcome) == D(profit)


def test_expected_pnl_at_probability_0_40() -> None:
    payout = pnl.payout(Stake(D("10.00")), EUR_AT_1_08, ODDS, Outcome.WIN)
    expected = pnl.expected_payout(D("0.40000000"), payout)
    assert D("10.80") - expected == D("0.6480")


def test_half_cashed_out_for_six_euros() -> None:
    stake = Stake(D("10.00"), cashed_fraction=D("0.5"), cash_out_paid=D("6.00"))
    placed = pnl.placed(stake, EUR_AT_1_08)
    assert placed.cash_out_handle == D("5.40")
    assert placed.cash_out_paid == D("6.48")
    assert placed.cash_out_pnl == D("-1.08")
    assert placed.handle_riding == D("5.40")
    assert pnl.payout(stake, EUR_AT_1_08, ODDS, Outcome.WIN) == D("12.69")


def test_a_free_bet_costs_its_winnings_and_takes_no_stake() -> None:
    stake = Stake(D("10.00"), kind=StakeKind.FREE)
    placed = pnl.placed(stake, EUR_AT_1_08)
    assert (placed.handle, placed.bonus_handle) == (D(0), D("10.80"))
    assert settled_pnl(stake, EUR_AT_1_08, Outcome.WIN) == D("-14.58")
    assert settled_pnl(stake, EUR_AT_1_08, Outcome.LOSE) == 0
    assert settled_pnl(stake, EUR_AT_1_08, Outcome.HALF_WIN) == D("-7.29")
    assert settled_pnl(stake, EUR_AT_1_08, Outcome.HALF_LOSE) == 0
    assert settled_pnl(stake, EUR_AT_1_08, Outcome.VOID) == 0


def test_a_free_bet_cashed_out_costs_what_was_paid() -> None:
    stake = Stake(D("10.00"), kind=StakeKind.FREE, cashed_fraction=D(1), cash_out_paid=D("4.00"))
    assert pnl.placed(stake, EUR_AT_1_08).cash_out_pnl == D("-4.32")
    assert pnl.payout(stake, EUR_AT_1_08, ODDS, Outcome.WIN) == 0


def test_the_customer_gets_whole_minor_units_before_conversion() -> None:
    # 161 x 2.35 = 378.35 yen: 378 are paid, which cost 2.34; 378.35 would have cost 2.35.
    assert pnl.payout(Stake(D(161)), JPY, ODDS, Outcome.WIN) == D("2.34")
    assert pnl.payout(Stake(D(161)), YEN_AT_PAR, ODDS, Outcome.WIN) == D(378)


@pytest.mark.parametrize(
    ("amount", "decimals", "rounded"),
    [
        ("0.005", 2, "0.01"),
        ("0.015", 2, "0.02"),
        ("0.025", 2, "0.03"),
        ("0.0049999999999999999999999999999999", 2, "0.00"),
        ("2.5", 0, "3"),
        ("-0.005", 2, "-0.01"),
        ("123456789012345678901234567890.005", 2, "123456789012345678901234567890.01"),
    ],
)
def test_halves_go_up_away_from_zero(amount: str, decimals: int, rounded: str) -> None:
    assert pnl.round_half_up(D(amount), decimals) == D(rounded)


def test_a_void_returns_the_handle_that_rides_and_not_a_conversion_of_it() -> None:
    # Half of 0.03 x 1 is 0.015: the cashed half rounds up to 0.02, so 0.01 is what rides.
    stake = Stake(D("0.03"), cashed_fraction=D("0.5"))
    assert pnl.placed(stake, EUR).handle_riding == D("0.01")
    assert pnl.payout(stake, EUR, ODDS, Outcome.VOID) == D("0.01")


def test_a_ticket_multiplies_its_legs() -> None:
    odds = [D("2.00"), D("1.50"), D("3.00")]
    stake = Stake(D("10.00"))
    win, lose, void, half_win, half_lose = (
        LegResult(outcome)
        for outcome in (
            Outcome.WIN,
            Outcome.LOSE,
            Outcome.VOID,
            Outcome.HALF_WIN,
            Outcome.HALF_LOSE,
        )
    )

    def payout(*results: LegResult) -> Decimal:
        return pnl.ticket_payout(stake, EUR, odds, results)

    assert payout(win, win, win) == D("90.00")
    assert payout(win, void, win) == D("60.00")
    assert payout(win, win, lose) == 0
    assert payout(half_win, win, win) == D("67.50")
    assert payout(win, half_lose, win) == D("30.00")
    assert payout(void, void, void) == D("10.00")
    assert payout(win, win, LegResult(Outcome.WIN, (1, 3))) == D("30.00")


def test_a_free_ticket_pays_no_stake_back_and_never_less_than_nothing() -> None:
    stake = Stake(D("10.00"), kind=StakeKind.FREE)
    odds = [D("2.00"), D("1.50")]
    win, void, half_lose = (
        LegResult(outcome) for outcome in (Outcome.WIN, Outcome.VOID, Outcome.HALF_LOSE)
    )
    assert pnl.ticket_payout(stake, EUR, odds, [win, win]) == D("20.00")
    assert pnl.ticket_payout(stake, EUR, odds, [void, void]) == 0
    assert pnl.ticket_payout(stake, EUR, odds, [half_lose, void]) == 0
    assert pnl.ticket_payout(stake, EUR, odds, [half_lose, win]) == 0


def test_a_dead_heat_is_rounded_once_a_selection() -> None:
    # Three winners' bets of 10 at 2.00; thirds bet by bet would give 6.67 x 3 = 20.01.
    assert pnl.dead_heat_payout(D("60.00"), 1, 3, 2) == D("20.00")
    assert pnl.dead_heat_payout(D("0.01"), 1, 2, 2) == D("0.01")


def test_thirds_are_not_cut_before_the_one_rounding() -> None:
    thrice = LegResult(Outcome.WIN, (1, 3))
    # 0.135 x (3/3)^3 stands exactly on the half cent.
    stake = Stake(D("0.135"))
    payout = pnl.ticket_payout(stake, EUR, [D(3), D(3), D(3)], [thrice] * 3)
    assert payout == D("0.14")


def test_a_ticket_of_markets_that_give_money_away_keeps_a_margin_that_its_column_holds() -> None:
    assert pnl.ticket_margin([D("0.05"), D("0.10")]) == D("0.145")
    assert pnl.ticket_margin([D(-1)] * 3) == D(-7)
    assert pnl.ticket_margin([D(-1)] * 30) == pnl.MARGIN_MIN


def test_odd_cents_go_to_the_first_parts() -> None:
    assert pnl.split(D("10.00"), 3, 2) == [D("3.34"), D("3.33"), D("3.33")]
    assert pnl.split(D("0.02"), 3, 2) == [D("0.01"), D("0.01"), D("0.00")]
    assert pnl.split(D("1.0001"), 2, 4) == [D("0.5001"), D("0.5000")]


@pytest.mark.parametrize("amount", ["-0.01", "0.005", "0.0000000001"])
def test_split_refuses_what_is_no_whole_amount(amount: str) -> None:
    with pytest.raises(ValueError, match="is no amount >= 0 with 2 decimals"):
        pnl.split(D(amount), 2, 2)


def test_every_figure_of_the_page_on_money_comes_out_as_printed() -> None:
    page = Path(__file__).parents[2] / "docs" / "money.md"
    results = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert results.attempted > 20
    assert results.failed == 0
