"""When a ticket is settled: the job's word on it, which the audit must share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betpnl.contract.records import Bet, Leg, Result
from betpnl.packing import FIELD
from betpnl.pnl import Money, Stake
from betpnl.settling import RESULT_SEPARATOR, settle_packed
from betpnl.tickets import Part, Ticket, TicketLeg
from betpnl.verify import settlement
from betpnl.verify.valuation import NO_SCORE, ticket_for

START = datetime(2026, 11, 1, 12, 0, 0, 250_000, UTC)
OUTCOMES = ("win", "lose", "half_win", "half_lose", "void", "push")
Ends = list[tuple[str, int] | None]
"""By leg how it ended and after how many seconds; None while it is open."""


def _job(ends: Ends) -> str | None:
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
    ticket = Ticket(
        Stake(Decimal(10)),
        Money(2, 2, Decimal(1)),
        Decimal("0.25"),
        Decimal(40),
        legs,
        (Part(tuple(range(len(legs))), (len(legs),)),),
    ).packed()
    texts = []
    for number, end in enumerate(ends, start=1):
        if end is not None:
            second = (START + timedelta(seconds=end[1])).strftime("%Y-%m-%d %H:%M:%S")
            result = FIELD.join((str(number), end[0], "1", "1", second))
            texts.append(result + RESULT_SEPARATOR + ticket)
    row = settle_packed(texts)
    return None if row is None or row[0] is None else row[5]


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
