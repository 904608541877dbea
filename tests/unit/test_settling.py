"""When a ticket is settled: the job's word on it, which the audit must share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.contract.records import Bet, Leg, Result
from betpnl.packing import FIELD, ROW
from betpnl.pnl import Money, Stake
from betpnl.settling import TICKET, Row, settle_packed
from betpnl.tickets import Part, Ticket, TicketLeg, Whole
from betpnl.verify import settlement
from betpnl.verify.valuation import NO_SCORE, ticket_for

START = datetime(2026, 11, 1, 12, 0, 0, 250_000, UTC)
OUTCOMES = ("win", "lose", "half_win", "half_lose", "void", "push")
Ends = list[tuple[str, int] | None]
"""By leg how it ended and after how many seconds; None while it is open."""


def _ticket(ends: Ends, parts: tuple[Part, ...] | None = None) -> str:
    legs = tuple(
        TicketLeg(
            f"g{number}",
            "winner",
            "",
            "home",
            Decimal(2),
            "football",
            True,
            number == 1,
            Decimal("0.5"),
            True,
        )
        for number in range(1, len(ends) + 1)
    )
    return Ticket(
        Stake(Decimal(10)),
        Money(2, 2, Decimal(1)),
        Decimal("0.25"),
        Decimal(40),
        legs,
        parts or (Part(tuple(range(len(legs))), (len(legs),)),),
    ).packed()


def _results(ends: Ends, tag: str) -> list[str]:
    texts = []
    for number, end in enumerate(ends, start=1):
        if end is not None:
            second = (START + timedelta(seconds=end[1])).strftime("%Y-%m-%d %H:%M:%S")
            texts.append(FIELD.join((tag, str(number), end[0], "1", "1", second)))
    return texts


def _settled(ends: Ends, parts: tuple[Part, ...] | None = None) -> Row | None:
    return settle_packed([*_results(ends, "1.0"), "1.0" + TICKET + _ticket(ends, parts)])


def _job(ends: Ends) -> str | None:
    row = _settled(ends)
    return None if row is None or row[0] is None else row[5]


def _gone(ends: Ends, parts: tuple[Part, ...] | None = None) -> list[tuple[Decimal, Decimal]]:
    """By leg, what is gone of the ticket's expected payout and of its swing."""
    row = _settled(ends, parts)
    assert row is not None
    assert row[4] is not None
    fields = (leg.split(FIELD)[-2:] for leg in row[4].split(ROW))
    return [(Decimal(expected), Decimal(swing)) for expected, swing in fields]


def _audit(ends: Ends) -> str | None:
    legs = [
        Leg(
            leg=number,
            game_id=f"g{number}",
            sport="football",
            market="winner",
            selection="home",
            odds=Decimal(2),
        )
        for number in range(1, len(ends) + 1)
    ]
    results = [
        Result(
            game_id=f"g{number}",
            market="winner",
            selection="home",
            version=1,
            result=end[0],
            settled_at=START + timedelta(seconds=end[1]),
        )
        for number, end in enumerate(ends, start=1)
        if end is not None
    ]
    bet = Bet(
        bet_id="b",
        version=1,
        status="accepted",
        accepted_at=START,
        currency="EUR",
        stake=Decimal(10),
        bet_type="accumulator",
        legs=legs,
    )
    ticket = ticket_for(bet, NO_SCORE, 2)
    stands = settlement.standing_of(ticket, settlement.endings(results))
    return None if stands is None or stands.result is None else stands.second


@pytest.mark.parametrize(
    ("ends", "second"),
    [
        ([("win", 5), ("void", 3)], "2026-11-01 12:00:05"),
        ([("win", 5), ("lose", 3)], "2026-11-01 12:00:03"),
        ([("lose", 9), ("lose", 3), ("win", 1)], "2026-11-01 12:00:03"),
        ([None, ("lose", 3)], "2026-11-01 12:00:03"),
        ([None, ("win", 3)], None),
    ],
)
def test_a_ticket_is_settled_by_its_first_lost_leg_else_by_its_last_result(
    ends: Ends, second: str | None
) -> None:
    assert _job(ends) == second


@given(
    st.lists(
        st.none() | st.tuples(st.sampled_from(OUTCOMES), st.integers(0, 200_000)),
        min_size=2,
        max_size=4,
    )
)
def test_job_and_audit_name_the_same_second(ends: Ends) -> None:
    job = _job(ends)

    assert _audit(ends) == (None if job is None else f"{job}.000")


def test_a_result_moves_what_hangs_on_the_other_legs() -> None:
    # Of 40 a quarter was expected: 10, and 20 if either leg won. Now 20, and 40 if the second wins.
    assert _gone([("win", 1), None]) == [(10, 20), (-10, -20)]
    # Half of it won: 1.5 of the stake instead of 2 rides on.
    assert _gone([("half_win", 1), None]) == [(10, 20), (-5, -10)]


def test_nothing_hangs_on_a_ticket_that_is_decided() -> None:
    assert _gone([("lose", 1), None]) == [(10, 20), (10, 20)]


@pytest.mark.parametrize(
    "parts",
    [
        (Part((0, 1), (2,), whole=Whole(Decimal(4), Decimal("0.25"))),),
        (Part((0, 1), (1, 2)),),
        (Part((1,), (1,), bankers=(0,)),),
        (Part((0,), (1,)), Part((1,), (1,))),
    ],
    ids=["builder", "system", "banker", "each way"],
)
def test_only_accumulators_are_marked(parts: tuple[Part, ...]) -> None:
    assert _gone([("win", 1), None], parts) == [(0, 0), (0, 0)]


def test_only_results_of_the_tickets_own_version_count() -> None:
    ends: Ends = [("win", 1), ("lose", 2)]
    old, new = _results(ends, "1.0"), _results([("win", 1), None], "2.0")
    ticket = "2.0" + TICKET + _ticket(ends)

    assert settle_packed([*old, ticket]) is None
    assert settle_packed([*old, ticket, *new]) == settle_packed([ticket, *new])
    assert settle_packed([ticket, *new]) != settle_packed(["1.0" + TICKET + _ticket(ends), *old])


def test_a_ticket_waits_while_its_text_is_not_there_or_twice() -> None:
    ends: Ends = [("win", 1), None]
    ticket = TICKET + _ticket(ends)

    assert settle_packed(None) is None
    assert settle_packed(_results(ends, "1.0")) is None
    assert settle_packed(["1.0" + ticket]) is None
    assert settle_packed(["1.0" + ticket, *_results(ends, "1.0"), "2.0" + ticket]) is None


def test_a_ticket_waits_while_a_leg_has_two_results() -> None:
    ends: Ends = [("win", 1), None]

    twice = _results(ends, "1.0") + _results([("lose", 2), None], "1.0")

    assert settle_packed(["1.0" + TICKET + _ticket(ends), *twice]) is None
