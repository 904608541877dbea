"""Tickets against their definition: every line by itself, every way that open legs can end."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl import pnl, ticket_pnl
from betpnl.pnl import LegResult, Money, Outcome, Stake, StakeKind
from betpnl.ticket_making import place_odds, valued
from betpnl.tickets import Part, Ticket, TicketLeg, Whole, unpack
from tests.unit.test_pnl_properties import MONEY, RESULTS, rounded

D = Decimal
ZERO, ONE = Fraction(0), Fraction(1)
Results = Mapping[int, LegResult]
EVEN = D("0.5")
EURO = Money(2, 2, D(1))
WIN, LOSE, VOID, HALF_WIN, HALF_LOSE = (
    LegResult(Outcome(name)) for name in ("win", "lose", "void", "half_win", "half_lose")
)


def leg(odds: Decimal, probability: Decimal = EVEN, game: str = "g") -> TicketLeg:
    return TicketLeg(game, "m", "", "s", odds, "football", True, True, probability, True)


def ticket(
    parts: tuple[Part, ...], odds: list[str], stake: str = "10", kind: StakeKind = StakeKind.CASH
) -> Ticket:
    legs = tuple(leg(D(each)) for each in odds)
    return valued(Ticket(Stake(D(stake), kind), EURO, D(0), D(0), legs, parts))


@st.composite
def parts_of(draw: st.DrawFn, legs: int) -> tuple[Part, ...]:
    """Any parts over so many legs, among them accumulators, systems, each-way and builders."""
    every = tuple(range(legs))
    kind = draw(st.sampled_from(["accumulator", "system", "each_way", "builder"]))
    if kind == "builder":
        return (Part(every, (legs,), whole=Whole(draw(ODDS), draw(CHANCES))),)
    if kind == "each_way" and legs > 1:
        half = legs // 2
        return Part(every[:half], (half,)), Part(every[half:], (legs - half,))
    if kind == "system":
        bankers = tuple(sorted(draw(st.sets(st.sampled_from(every), max_size=legs - 1))))
        others = tuple(place for place in every if place not in bankers)
        sizes = draw(st.sets(st.integers(1, len(others)), min_size=1))
        return (Part(others, tuple(sizes), bankers),)
    return (Part(every, (legs,)),)


ODDS = st.integers(10_001, 60_000).map(lambda units: D(units).scaleb(-4))
CHANCES = st.integers(1, 99_999_999).map(lambda units: D(units).scaleb(-8))


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    money = draw(MONEY)
    legs = tuple(
        leg(draw(ODDS), draw(CHANCES), game=draw(st.sampled_from("abc")))
        for _ in range(draw(st.integers(1, 5)))
    )
    stake = Stake(
        D(draw(st.integers(1, 10**6))).scaleb(-money.minor),
        draw(st.sampled_from(StakeKind)),
        draw(st.sampled_from([D(0), D("0.25"), D("0.33333333")])),
    )
    return valued(Ticket(stake, money, D(0), D(0), legs, draw(parts_of(len(legs)))))


@st.composite
def tickets_with_results(draw: st.DrawFn, all_settled: bool = False) -> tuple[Ticket, Results]:
    made = draw(tickets())
    known = {
        place: draw(RESULTS)
        for place in range(len(made.legs))
        if all_settled or draw(st.booleans())
    }
    return made, known


def halves(result: LegResult) -> tuple[str, str]:
    """Two bets of half the stake, of which each wins, loses or is void."""
    return {
        Outcome.WIN: ("win", "win"),
        Outcome.LOSE: ("lose", "lose"),
        Outcome.HALF_WIN: ("win", "void"),
        Outcome.HALF_LOSE: ("void", "lose"),
        Outcome.VOID: ("void", "void"),
        Outcome.PUSH: ("void", "void"),
    }[result.outcome]


def line_pays(kind: StakeKind, legs: list[tuple[Decimal, LegResult]]) -> Fraction:
    """What a unit on one line pays: its legs one after the other."""
    returns = void = ONE
    for odds, result in legs:
        o = Fraction(odds) * Fraction(*result.dead_heat)
        returns *= sum({"win": o, "lose": ZERO, "void": ONE}[half] for half in halves(result))
        returns /= 2
        void *= Fraction(halves(result).count("void"), 2)
    match kind:
        case StakeKind.CASH:
            return returns
        case StakeKind.FREE:
            return max(ZERO, returns - 1)
        case StakeKind.BONUS:
            return returns - void


def builder_pays(kind: StakeKind, whole: Whole, results: list[LegResult]) -> Fraction:
    ties = math.prod((Fraction(*result.dead_heat) for result in results), start=ONE)
    paid = ZERO
    for half in (0, 1):
        ends = [halves(result)[half] for result in results]
        if "lose" in ends:
            continue
        if "void" in ends:
            paid += {StakeKind.CASH: ONE}.get(kind, ZERO) / 2
        else:
            returns = Fraction(whole.odds) * ties
            paid += (max(ZERO, returns - 1) if kind is StakeKind.FREE else returns) / 2
    return paid


def part_pays(made: Ticket, part: Part, results: Results) -> Fraction:
    """What a unit of a part's stake pays, line by line."""
    kind = made.stake.kind
    if part.whole is not None:
        return builder_pays(kind, part.whole, [results[place] for place in part.legs])
    lines = [
        (*part.bankers, *line) for size in part.sizes for line in combinations(part.legs, size)
    ]
    paid = sum(
        (
            line_pays(kind, [(made.legs[place].odds, results[place]) for place in line])
            for line in lines
        ),
        ZERO,
    )
    return paid / len(lines)


def endings(made: Ticket, part: Part, known: Results) -> Iterator[tuple[Results, Fraction]]:
    """Every way that a part's open legs can end, with its probability."""
    places = sorted((*part.legs, *part.bankers))
    is_open = [place for place in places if place not in known]
    if part.whole is not None and is_open:
        # As one: all of them win, or one is lost.
        chance = Fraction(part.whole.probability)
        yield {**known, **dict.fromkeys(is_open, WIN)}, chance
        yield {**known, **dict.fromkeys(is_open, LOSE)}, 1 - chance
        return
    for ends in product((WIN, LOSE), repeat=len(is_open)):
        chance = ONE
        for place, end in zip(is_open, ends, strict=True):
            p = Fraction(made.legs[place].probability)
            chance *= p if end is WIN else 1 - p
        yield {**known, **dict(zip(is_open, ends, strict=True))}, chance


@given(tickets_with_results(all_settled=True))
def test_a_settled_ticket_pays_what_its_lines_pay(case: tuple[Ticket, Results]) -> None:
    made, results = case
    stake, money = made.stake, made.money
    riding = Fraction(stake.stake) * (1 - Fraction(stake.cashed_fraction)) / len(made.parts)
    back = pnl.split(pnl.placed(stake, money).handle_riding, len(made.parts), money.base_minor)
    expected = ZERO
    for part, share in zip(made.parts, back, strict=True):
        if all(results[place].outcome in pnl.HANDED_BACK for place in (*part.legs, *part.bankers)):
            expected += Fraction(share)
        else:
            paid = rounded(riding * part_pays(made, part, results), money.minor)
            expected += rounded(paid * Fraction(money.fx_rate), money.base_minor)

    assert Fraction(ticket_pnl.payout(made, results)) == expected


@given(tickets_with_results())
def test_what_is_expected_is_the_mean_over_every_way_it_can_end(
    case: tuple[Ticket, Results],
) -> None:
    made, known = case
    mean = highest = ZERO
    for part in made.parts:
        mean += sum(
            (part_pays(made, part, ends) * chance for ends, chance in endings(made, part, known)),
            ZERO,
        )
        won = {place: known.get(place, WIN) for place in range(len(made.legs))}
        highest += part_pays(made, part, won)
    share = ticket_pnl.share(made, known)

    assert Fraction(share) == (rounded(mean / highest, 8) if highest else 0)
    prospect = ticket_pnl.prospect(made, known)
    assert prospect.expected_payout == pnl.expected_payout(share, prospect.payout)
    assert prospect.payout == ticket_pnl.payout(
        made, {place: known.get(place, WIN) for place in range(len(made.legs))}
    )


@given(tickets_with_results())
def test_a_ticket_is_decided_once_nothing_open_can_change_it(case: tuple[Ticket, Results]) -> None:
    made, known = case
    ways = [
        tuple(part_pays(made, part, ends) for ends, _ in endings(made, part, known))
        for part in made.parts
    ]
    same = all(len(set(way)) == 1 for way in ways)
    lost_or_known = len(known) == len(made.legs) or same

    if ticket_pnl.is_decided(made, known):
        assert lost_or_known
    elif not any(part.is_accumulator for part in made.parts):
        assert not lost_or_known


@given(tickets())
def test_a_ticket_survives_its_text(made: Ticket) -> None:
    assert unpack(made.packed()) == made


@given(tickets(), st.data())
def test_legs_can_settle_in_any_order(made: Ticket, data: st.DataObject) -> None:
    results = {place: data.draw(RESULTS) for place in range(len(made.legs))}
    order = data.draw(st.permutations(sorted(results)))
    known: dict[int, LegResult] = {}
    for place in order:
        known[place] = results[place]
        if ticket_pnl.is_decided(made, known):
            early = ticket_pnl.payout_if(made, known, LOSE)
            assert early == ticket_pnl.payout(made, results)


TRIXIE = (Part((0, 1, 2), (2, 3)),)


@pytest.mark.parametrize(
    ("kind", "results", "pays"),
    [
        # Units of 2.50: three doubles at 4, 6, 6 and a treble at 12.
        (StakeKind.CASH, (WIN, WIN, WIN), "70.00"),
        (StakeKind.CASH, (WIN, WIN, LOSE), "10.00"),
        (StakeKind.CASH, (WIN, LOSE, LOSE), "0.00"),
        (StakeKind.CASH, (WIN, VOID, WIN), "42.50"),
        (StakeKind.CASH, (VOID, VOID, VOID), "10.00"),
        (StakeKind.FREE, (WIN, WIN, WIN), "60.00"),
        (StakeKind.FREE, (WIN, WIN, LOSE), "7.50"),
        (StakeKind.FREE, (HALF_LOSE, WIN, LOSE), "0.00"),
        (StakeKind.BONUS, (WIN, WIN, LOSE), "10.00"),
        (StakeKind.BONUS, (VOID, VOID, LOSE), "0.00"),
    ],
)
def test_a_trixie(kind: StakeKind, results: tuple[LegResult, ...], pays: str) -> None:
    made = ticket(TRIXIE, ["2", "2", "3"], kind=kind)

    assert ticket_pnl.units(made) == 4
    assert ticket_pnl.payout(made, dict(enumerate(results))) == D(pays)


def test_a_lost_banker_loses_every_line_at_once() -> None:
    made = ticket((Part((1, 2, 3), (2,), (0,)),), ["2", "2", "2", "2"])

    assert not ticket_pnl.is_decided(made, {1: LOSE})
    assert ticket_pnl.is_decided(made, {0: LOSE})
    # Two lost legs leave only one, and a line takes two.
    assert ticket_pnl.is_decided(made, {1: LOSE, 2: LOSE})
    assert ticket_pnl.payout_if(made, {0: WIN, 1: WIN, 2: WIN, 3: LOSE}, LOSE) == D("26.67")


def test_each_way_is_two_bets_of_half_the_stake() -> None:
    odds = ["5", str(place_odds(D(5), D("0.25")))]
    made = ticket((Part((0,), (1,)), Part((1,), (1,))), odds, stake="10.01")

    assert ticket_pnl.payout(made, {0: WIN, 1: WIN}) == D("25.03") + D("10.01")
    assert ticket_pnl.payout(made, {0: LOSE, 1: WIN}) == D("10.01")
    assert ticket_pnl.payout(made, {0: VOID, 1: VOID}) == D("10.01")
    assert not ticket_pnl.is_decided(made, {0: LOSE})


@pytest.mark.parametrize(
    ("results", "pays"),
    [
        ((WIN, WIN), "65.00"),
        ((WIN, LOSE), "0.00"),
        ((VOID, LOSE), "0.00"),
        ((WIN, VOID), "10.00"),
        ((WIN, HALF_WIN), "37.50"),
        ((WIN, HALF_LOSE), "5.00"),
    ],
)
def test_a_bet_builder_is_settled_as_one(results: tuple[LegResult, ...], pays: str) -> None:
    made = ticket((Part((0, 1), (2,), whole=Whole(D("6.5"), D("0.14"))),), ["2", "3"])

    assert ticket_pnl.payout(made, dict(enumerate(results))) == D(pays)
    assert made.probability == D("0.14")


def test_what_is_predicted_to_win_wins_by_itself() -> None:
    made = ticket(TRIXIE, ["2", "2", "3"])
    legs = (*made.legs[:2], replace(made.legs[2], predicted=False))

    assert ticket_pnl.predicted_payout(replace(made, legs=legs)) == D("10.00")


@given(tickets_with_results())
def test_a_swing_is_what_is_expected_once_the_leg_has_won(case: tuple[Ticket, Results]) -> None:
    made, results = case
    known = {place: result for place, result in results.items() if result.outcome is Outcome.WIN}
    is_open = [place for place in range(len(made.legs)) if place not in known]
    now = ticket_pnl.prospect(made, known).expected_payout
    if not made.parts[0].is_accumulator or len(made.parts) > 1 or not is_open:
        return
    for place in is_open:
        chance = made.legs[place].probability
        after = ticket_pnl.prospect(made, {**known, place: WIN})
        # What is expected is rounded, and so is the chance that it comes from.
        rounding = (D("0.00005") + after.payout * D("0.000000005")) / chance + D("0.0002")
        off = ticket_pnl.swing(now, chance) - after.expected_payout
        assert abs(off) <= rounding + after.payout * D("0.00000001")


def test_only_an_accumulator_is_a_product() -> None:
    double = (Part((0, 1), (2,)),)

    assert ticket_pnl.product_payout(ticket(double, ["2", "3"]), D(15)) == 15
    assert ticket_pnl.product_payout(ticket((Part((0, 1), (1, 2)),), ["2", "3"]), D(15)) == 0
    assert ticket_pnl.swing(D(15), D(0)) == 0
